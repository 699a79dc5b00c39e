import type { RuntimeConfig } from "../../resources/agent";
import { type Agent, AttemptEnded } from "../agent";
import type { Doors } from "../doors";
import { failure } from "../failure";
import { MadeFiles } from "../files/made-files";
import { agentFailureOf, MalformedAnswer } from "../remote/agent-failure";
import { BotModel } from "./bot-model";
import { BoundedVoice } from "./bounded-voice";
import { endOfOwn } from "./own-end";
import { OwnFiles } from "./own-files";

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
    const { files: store, settings } = doors;
    const allowPrivate = settings.ALLOW_PRIVATE_TARGETS;
    const made = new MadeFiles({ request, voice, signal, files: store, allowPrivate });
    const files = new OwnFiles(store, made, voice, () => bounded.noteFile()).forAgent;
    try {
      const { rounds, parts, clientTools, files: kept, ...asked } = request;
      return endOfOwn(await own({ ...asked, model, files }, bounded, signal), bounded);
    } catch (error) {
      if (error instanceof AttemptEnded) return endOfOwn(error.end, bounded);
      if (error instanceof MalformedAnswer) return agentFailureOf(error, true);
      throw error;
    }
  };
}
