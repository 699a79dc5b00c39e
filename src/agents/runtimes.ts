import type { AgentConfig, RuntimeConfig } from "../resources/agent";
import type { StepRequest } from "../resources/step";
import { a2aAgent } from "./a2a/a2a-agent";
import { leaveBegun } from "./a2a/leaving";
import type { Agent } from "./agent";
import { codeAgent } from "./code/code-agent";
import type { Doors } from "./doors";
import { chatAgent } from "./model/chat-agent";
import { httpAgent } from "./remote/http-agent";

type Runtime = RuntimeConfig["runtime"];
type Makers = {
  [R in Runtime]: (runtime: Extract<RuntimeConfig, { runtime: R }>, doors: Doors) => Agent;
};

/** Which runtimes there are; nobody else asks. */
const RUNTIMES: Makers = {
  chat: (_, doors) => chatAgent(doors),
  http: httpAgent,
  a2a: a2aAgent,
  code: codeAgent,
};

/** The agent that a Shell names. */
export function agentFor({ runtime }: AgentConfig, doors: Doors): Agent {
  const make = RUNTIMES[runtime.runtime] as (runtime: RuntimeConfig, doors: Doors) => Agent;
  return make(runtime, doors);
}

/** Tells an agent that works on between two attempts that nobody wants its work any more; others have stopped. */
export async function leaveAgent(request: StepRequest, doors: Doors): Promise<void> {
  const { runtime } = request.config;
  if (runtime.runtime === "a2a") await leaveBegun(runtime, request, doors);
}
