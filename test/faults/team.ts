import type { FaultUser } from "./fault-user";
import type { Stage } from "./stage";

/** A member of a team, but for its bot. */
type Phase = { role: string; [rule: string]: unknown };

/** A pipeline whose every phase the stage's remote agent carries out; gives what a task needs of it. */
export async function agentTeam(stage: Stage, owner: FaultUser, phases: Phase[]): Promise<object> {
  const botRef = `${owner.name}/agent`;
  const members = phases.map((phase) => ({ botRef, timeoutMs: 2000, ...phase }));
  await owner.make("shells", "agent", { runtime: "http", url: stage.agent.url });
  await owner.make("bots", "agent", { ghostRef: "system/assistant", shellRef: botRef });
  await owner.make("teams", "agent", { collaboration: "pipeline", members });
  return { teamRef: botRef };
}
