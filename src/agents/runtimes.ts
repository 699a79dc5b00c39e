import type { AgentConfig, RuntimeConfig } from "../resources/agent";
import { a2aAgent } from "./a2a/a2a-agent";
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
