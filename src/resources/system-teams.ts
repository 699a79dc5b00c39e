import type { Ref } from "../protocol/refs";
import type { TeamMember, TeamSpec } from "./specs";
import type { SystemBot } from "./system-ghosts";

const SECOND = 1000;

export function systemRef(name: string): Ref {
  return { namespace: "system", name };
}

/** The teams that ship with the service, by name. */
export const SYSTEM_TEAMS: Record<string, TeamSpec> = {
  assistant: {
    collaboration: "solo",
    description: "One assistant that answers in the room.",
    members: [{ role: "assistant", botRef: systemRef("assistant") }],
  },
  "research-plan-implement": {
    collaboration: "pipeline",
    description: "Researches a request, plans the work and does it.",
    members: [
      phase("research", "researcher", 90, "Research the request."),
      phase("planning", "planner", 60, "Write the plan, from the request and the research."),
      phase("implementation", "implementer", 120, "Do the work, following the plan."),
    ],
  },
  "story-asset-code-deploy": {
    collaboration: "pipeline",
    description:
      "Turns an idea into an interactive web story and prepares its publication; publishes nothing.",
    members: [
      goesOn(phase("story", "story-writer", 60, "Write the story that the request asks for.")),
      goesOn(phase("asset", "asset-designer", 90, "Design the assets for the story.")),
      goesOn(phase("code", "coder", 120, "Write the page, from the story and the assets.")),
      goesOn(phase("deploy", "deployer", 30, "Prepare the page's publication. Publish nothing.")),
    ],
  },
};

function phase(role: string, bot: SystemBot, seconds: number, prompt: string): TeamMember {
  return { role, botRef: systemRef(bot), prompt, timeoutMs: seconds * SECOND };
}

function goesOn(member: TeamMember): TeamMember {
  return { ...member, onFailure: "continue" };
}
