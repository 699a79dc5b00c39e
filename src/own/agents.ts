import type { OwnAgent } from "../agents/code/own-agent";

/** Your agents in code, by the name that a Shell's `agent` gives: see `docs/your-own-agent-in-code.md`. */
export const agents: Record<string, OwnAgent> = {};
