import type { RuntimeConfig } from "../../resources/agent";
import { type Agent, AttemptEnded } from "../agent";
import type { Doors } from "../doors";
import { failure } from "../failure";
import { agentFailureOf, MalformedAnswer } from "../remote/agent-failure";
import { BotModel } from "./bot-model";
import { BoundedVoice } from "./bounded-voice";
import { endOfOwn } from "./own-end";

type CodeRuntime = Extract<RuntimeConfig, { runtime: "code" }>;

/** Has an agent that the deployer wrote do a step. */
export function codeAgent({ agent: name }: CodeRuntime, doors: Doors): Agent {
  const own = Object.hasOwn(doors.own, name) ? doors.own[name] : undefined;
  if (!own) {
    const gone = failure("agent_rejected", "This deployment has no agent of that name any more.");
    return async () => gone;
  }
  return async (request, voice, signal) => {
    const bounded = new BoundedVoice(request, voice);
    const report = voice.report.bind(voice);
    const model = new BotModel({ request, voice: bounded, report, signal, doors });
    try {
      const { rounds, parts, clientTools, ...asked } = request;
      return endOfOwn(await own({ ...asked, model }, bounded, signal), bounded);
    } catch (error) {
      if (error instanceof AttemptEnded) return endOfOwn(error.end, bounded);
      if (error instanceof MalformedAnswer) return agentFailureOf(error, true);
      throw error;
    }
  };
}
