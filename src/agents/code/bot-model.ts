import type { StepFailure, StepFinish, StepReport, StepRequest } from "../../resources/step";
import { AttemptEnded } from "../agent";
import type { Doors } from "../doors";
import { limitsOf, parametersOf } from "../model/call-settings";
import { fitWithFiles } from "../model/files/fitted-files";
import { type Call, CallFailed, callModel } from "../model/model-call";
import { endOf } from "../model/model-end";
import { failureOf } from "../model/model-failure";
import { promptOf } from "../model/prompt";
import { modelMaker } from "../model/provider";
import { Voice } from "../voice";
import type { Answered, OwnRequest, OwnVoice, Question } from "./own-agent";

type Parts = {
  request: StepRequest;
  voice: OwnVoice;
  report(report: StepReport): void;
  signal: AbortSignal;
  doors: Doors;
};

/** The model of the bot that an agent in code belongs to. */
export class BotModel implements Pick<OwnRequest["model"], "ask"> {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async ask(question: string, { aloud = false, ...more }: Question = {}): Promise<Answered> {
    const { request, doors } = this.#parts;
    const { model } = request.config;
    const maker = await modelMaker(model, { ...doors, step: request });
    if (!maker.ok) throw new AttemptEnded(maker.failure);
    const options = { ...parametersOf(model), prompt: await this.#prompt(question, more) };
    return this.#heard({ modelFor: maker.value, limits: limitsOf(model, doors), options }, aloud);
  }

  async #prompt(question: string, asked: Question): Promise<Call["options"]["prompt"]> {
    const { system, context = [], attachments = [] } = asked;
    const { request, doors } = this.#parts;
    const { systemPrompt, model } = request.config;
    const fitting = {
      systemPrompt: system ?? systemPrompt,
      context,
      input: question,
      hasTools: false,
      contextWindow: model.contextWindow,
      maxOutputTokens: model.parameters.maxOutputTokens,
      ...{ attachments, kept: [] },
    };
    const { files } = doors;
    return promptOf(await fitWithFiles(fitting, { files, model, namesOnly: false }));
  }

  async #heard(call: Call, aloud: boolean): Promise<Answered> {
    const { voice, report, signal } = this.#parts;
    const words = { text: "", thinking: "" };
    const say = (kind: "text" | "thinking", delta: string) => {
      words[kind] += delta;
      if (aloud) voice[kind](delta);
    };
    const listener = new Voice({ say, report: () => undefined, record: async () => {} }, signal);
    const end = await endOfCall(call, listener, signal);
    listener.end();
    // Told at once: an agent may catch a failure and go on.
    const { usage, ...unpaid } = end;
    if (usage) report({ type: "usage", usage });
    if (unpaid.type === "finish") return words;
    const { finishReason, ...failed } = unpaid;
    // How the answer ended is of no interest where nobody has heard it.
    throw new AttemptEnded(aloud ? unpaid : failed);
  }
}

async function endOfCall(
  call: Call,
  listener: Voice,
  signal: AbortSignal,
): Promise<StepFinish | StepFailure> {
  try {
    return endOf(await callModel(call, listener, signal), listener);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    return failureOf(error);
  }
}
