import type { RuntimeConfig } from "../../resources/agent";
import type { Agent } from "../agent";
import type { Doors } from "../doors";
import { failure } from "../failure";
import { BotModel } from "./bot-model";

type CodeRuntime = Extract<RuntimeConfig, { runtime: "code" }>;

/** Has an agent that the deployer wrote do a step. */
export function codeAgent({ agent: name }: CodeRuntime, doors: Doors): Agent {
  const own = Object.hasOwn(doors.own, name) ? doors.own[name] : undefined;
  if (!own) {
    const gone = failure("agent_rejected", "This deployment has no agent of that name any more.");
    return async () => gone;
  }
  return (request, voice, signal) => {
    const model = new BotModel({ request, voice, signal, doors });
    return own({ ...request, model }, voice, signal);
  };
}
