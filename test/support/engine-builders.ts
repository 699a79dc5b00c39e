import type { AgentConfig } from "../../src/resources/agent";
import type { RetryRule } from "../../src/resources/specs";
import type { MemberPlan, TeamPlan } from "../../src/resources/team-plan";

/** A fixed morning; tests add to it. */
export const T0 = Date.parse("2026-01-01T00:00:00.000Z");

export const OWNER = "alice";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** The `n`th id of a kind: valid by the schemas, in order, and apart where step messages are derived. */
export function idNumber(prefix: "task" | "turn" | "msg", n: number): string {
  let text = "";
  for (let rest = n; rest > 0; rest = Math.floor(rest / 32)) {
    text = ALPHABET.charAt(rest % 32) + text;
  }
  return `${prefix}_${text.padStart(20, "0")}${prefix === "msg" ? "zzzzzz" : "000000"}`;
}

export function agent(name: string, runtime: "chat" | "http" = "chat"): AgentConfig {
  return {
    bot: `system/${name}`,
    systemPrompt: "",
    mcpServers: {},
    model: {
      ref: "system/demo",
      provider: "demo",
      model: "demo-1",
      parameters: {},
      contextWindow: 8000,
    },
    runtime: runtime === "chat" ? { runtime } : { runtime, url: "https://a.test/", headers: {} },
    versions: {},
  };
}

export const RETRY: RetryRule = {
  maxAttempts: 3,
  initialMs: 2000,
  factor: 2,
  maxMs: 60_000,
  jitter: false,
};

export function member(role: string, patch: Partial<MemberPlan> = {}): MemberPlan {
  return {
    step: role,
    role,
    agent: agent(role),
    retry: RETRY,
    onFailure: "abort",
    critical: false,
    requireConfirmation: false,
    context: "all",
    ...patch,
  };
}

export function solo(patch: Partial<MemberPlan> = {}, team: Partial<TeamPlan> = {}): TeamPlan {
  return {
    team: "system/assistant",
    collaboration: "solo",
    onBusy: "enqueue",
    timeoutMs: 600_000,
    members: [member("assistant", patch)],
    ...team,
  };
}

/** Members as roles, or as roles with the rules that the case is about. */
export function pipeline(members: (string | MemberPlan)[], team: Partial<TeamPlan> = {}): TeamPlan {
  return {
    team: "system/pipeline",
    collaboration: "pipeline",
    onBusy: "enqueue",
    timeoutMs: 600_000,
    members: members.map((item) => (typeof item === "string" ? member(item) : item)),
    ...team,
  };
}
