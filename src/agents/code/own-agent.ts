import type { StepEnd, StepRequest } from "../../resources/step";
import type { Voice } from "../voice";

/** What an agent in code is called with: the step, and the bot's model. */
export type OwnRequest = StepRequest & { model: Model };

type Model = {
  ask(
    question: string,
    more?: { system?: string; aloud?: boolean },
  ): Promise<{ text: string; thinking: string }>;
};

/** An agent that the deployer of this service writes, in `src/own/agents.ts`. */
export type OwnAgent = (request: OwnRequest, voice: Voice, signal: AbortSignal) => Promise<StepEnd>;
