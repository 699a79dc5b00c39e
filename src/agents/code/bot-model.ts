import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Usage } from "../../protocol/usage";
import type { StepRequest } from "../../resources/step";
import { AttemptEnded } from "../agent";
import type { Doors } from "../doors";
import { limitsOf, parametersOf } from "../model/call-settings";
import { type Call, CallFailed, callModel } from "../model/model-call";
import { endOf } from "../model/model-end";
import { failureOf } from "../model/model-failure";
import { modelMaker } from "../model/provider";
import { Voice } from "../voice";

export type Question = {
  /** The instructions; the ghost's system prompt where there are none. */
  system?: string;
  /** Whether the room hears the answer as it comes. */
  aloud?: boolean;
};

export type Answered = { text: string; thinking: string; usage?: Usage };

type Parts = { request: StepRequest; voice: Voice; signal: AbortSignal; doors: Doors };

/** The model of the bot that an agent in code belongs to. */
export class BotModel {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Asks once, without tools. The turn pays what it costs. Throws an `AttemptEnded` where the model
   * fails: an agent that does not catch it fails as the model did.
   *
   * @example const { text } = await request.model.ask(`Translate: ${request.input}`, { aloud: true });
   */
  async ask(question: string, { system, aloud = false }: Question = {}): Promise<Answered> {
    const { request, signal, doors } = this.#parts;
    const maker = await modelMaker(request.config.model, { ...doors, step: request });
    if (!maker.ok) throw new AttemptEnded(maker.failure);
    const prompt: LanguageModelV4Prompt = [
      { role: "system", content: system ?? request.config.systemPrompt },
      { role: "user", content: [{ type: "text", text: question }] },
    ];
    const { model } = request.config;
    const options = { ...parametersOf(model), prompt };
    const call = { modelFor: maker.value, limits: limitsOf(model, doors), options };
    return this.#heard(call, signal, aloud);
  }

  async #heard(call: Call, signal: AbortSignal, aloud: boolean): Promise<Answered> {
    const { voice } = this.#parts;
    const words = { text: "", thinking: "" };
    const say = (kind: "text" | "thinking", delta: string) => {
      words[kind] += delta;
      if (aloud) voice[kind](delta);
    };
    const listener = new Voice({ say, report: () => undefined, record: async () => {} }, signal);
    try {
      const said = await callModel(call, listener, signal);
      listener.end();
      const end = endOf(said, listener, 0);
      if (said.usage) voice.report({ type: "usage", usage: said.usage });
      if (end.type === "failure") throw new AttemptEnded(end);
      return { ...words, ...(said.usage && { usage: said.usage }) };
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      const { usage } = error;
      throw new AttemptEnded({ ...failureOf(error.cause), ...(usage && { usage }) });
    }
  }
}
