import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { Usage } from "../../protocol/usage";
import type { StepEnd, StepFailure, StepRequest } from "../../resources/step";
import type { StepFiles } from "../../resources/step-files";
import { type FileRecord, MadeFiles } from "../files/made-files";
import type { NamedTool, ToolBox } from "../tools/tool-box";
import type { Voice } from "../voice";
import type { ModelAnswer } from "./answering";
import { fitWithFiles } from "./files/fitted-files";
import { functionTools } from "./function-tools";
import { type Call, CallFailed, callModel } from "./model-call";
import { brokenOff, endOf } from "./model-end";
import { failureOf } from "./model-failure";
import { promptOf, promptTokens, withShortResults } from "./prompt";
import { refusalOf } from "./refusal/refusal-of";
import { ToolRounds } from "./tool-rounds";

type Parts = {
  request: StepRequest;
  voice: Voice;
  signal: AbortSignal;
  tools: ToolBox;
  /** Where the conversation's files are, and those that are made go. */
  files: StepFiles;
  /** Whether files may be fetched from private addresses. */
  allowPrivate: boolean;
  call: Pick<Call, "modelFor" | "limits">;
  parameters: Omit<Call["options"], "prompt" | "tools">;
};

/** Rounds without a call that could be made, after which there will be none. */
const MOST_FRUITLESS = 2;
/** What is sent after an overflow is by so much shorter than what was too long: it is tried but once. */
const SHORTER_BY = 3;
/** Of a window that the provider named, the prompt has one such part and the answer another. */
const WINDOW_PARTS = 2;
/** Of a prompt that was shortened, each tool's answer may take such a part. */
const RESULTS_IN_ALL = 4;

/** Tools that are left out for one call, since its provider refuses them one after another. */
const MOST_LEFT_OUT = 16;

const IN_WORDS =
  "The model's provider refuses the request with its calls of tools: they are told in words, and no more are made.";

/** Tokens that prompt and answer may have since a longer prompt was refused. */
type Room = { prompt: number; answer?: number };

type Refused = {
  failure: StepFailure;
  contextWindow: number | undefined;
  tool: NamedTool | undefined;
};
type Answered = {
  said: ModelAnswer;
  /** What it made, stored and not committed yet. */
  files: FileRecord[];
};
type Asked = Answered | Refused;

/**
 * One attempt's talk with a model: it is called, its tools are, and it is called again with what they
 * gave, until it answers. A round is a call that ends in calls of tools; past the last the model is
 * called once more without any.
 */
export class Conversation {
  readonly #parts: Parts;
  readonly #rounds: ToolRounds;
  readonly #made: MadeFiles;
  #room: Room | undefined;
  #lastTokens = 0;
  #truncated = 0;
  /** Whether there were files in the last prompt, and whether the provider has refused them. */
  #hasParts = false;
  #namesOnly = false;
  /** Whether the last prompt had calls of tools, and whether the provider has refused those. */
  #hasCalls = false;
  #inWords = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#made = new MadeFiles(parts);
    this.#rounds = new ToolRounds({ ...parts, made: this.#made });
  }

  async end(): Promise<StepEnd> {
    const { request, signal, tools, voice } = this.#parts;
    if (await this.#rounds.goOn()) return { type: "wait" };
    for (;;) {
      const mayCall =
        this.#rounds.count < request.maxRounds && this.#rounds.fruitless < MOST_FRUITLESS;
      const offers = mayCall && tools.tools.length > 0 && !this.#inWords;
      const asked = await this.#ask(offers);
      if ("failure" in asked) return asked.failure;
      const { said, files } = asked;
      const isWhole = !said.isCut && !brokenOff(said);
      const asksForTools = offers && !this.#inWords && said.calls.length > 0 && isWhole;
      if (!asksForTools || signal.aborted) return this.#last(asked);
      // What is too long for a round ends as what is too long for an answer.
      if (!voice.maySettle) return this.#last({ files, said: { ...said, isCut: true } });
      if (await this.#rounds.make(said, files)) return { type: "wait" };
    }
  }

  async #last({ said, files }: Answered): Promise<StepEnd> {
    const { voice } = this.#parts;
    if (files.length > 0) await voice.record(files);
    return endOf(said, voice, { truncatedContext: this.#truncated, hasFiles: files.length > 0 });
  }

  /** Once more where the window was smaller, or where nothing came that an answer is made of. */
  async #ask(offers: boolean): Promise<Asked> {
    const asked = await this.#askInWindow(offers);
    if ("failure" in asked || !isEmpty(asked)) return asked;
    this.#spend(asked.said.usage);
    return this.#askInWindow(offers);
  }

  async #askInWindow(offers: boolean): Promise<Asked> {
    const asked = await this.#callOnce(offers);
    const isTooLong = "failure" in asked && asked.failure.reason === "context_overflow";
    if (!isTooLong || this.#room) return asked;
    this.#room = this.#roomIn(asked.contextWindow);
    this.#spend(asked.failure.usage);
    this.#parts.voice.log(
      "warn",
      "The context was longer than the model's window: it is shortened.",
    );
    return this.#callOnce(offers);
  }

  /** Where a window is named that has room for the prompt, the answer's limit may have been too much. */
  #roomIn(window: number | undefined): Room {
    const isNamed = window !== undefined && window < this.#lastTokens;
    const prompt = isNamed ? window / WINDOW_PARTS : this.#lastTokens / SHORTER_BY;
    return {
      prompt: Math.floor(prompt),
      ...(window !== undefined && { answer: Math.floor(window / WINDOW_PARTS) }),
    };
  }

  #spend(usage: Usage | undefined): void {
    if (usage) this.#parts.voice.report({ type: "usage", usage });
  }

  /** Again with its calls of tools in words, where the provider refuses the request with them. */
  async #callOnce(offers: boolean): Promise<Asked> {
    const asked = await this.#callTaken(offers && !this.#inWords);
    if (!("failure" in asked) || !this.#mayTellInWords(asked)) return asked;
    this.#inWords = true;
    const again = await this.#callTaken(false);
    const usage = "failure" in again ? again.failure.usage : again.said.usage;
    if (!("failure" in again) && hasText(again.said)) {
      this.#spend(asked.failure.usage);
      this.#parts.voice.log("warn", IN_WORDS);
      return again;
    }
    this.#inWords = false;
    this.#spend(usage);
    return asked;
  }

  /**
   * A conversation with calls in it is refused for many reasons: no tools are offered beside them, another
   * provider has made them, a signature is missing. Without them it goes on, if with no further call.
   */
  #mayTellInWords({ failure: { code, reason, httpStatus = 400 } }: Refused): boolean {
    const isOfRequest = reason === undefined || reason === "unsupported_parameter";
    const isRefused = code === "model_rejected" && isOfRequest && [400, 422].includes(httpStatus);
    return isRefused && this.#hasCalls && !this.#inWords;
  }

  /** Again without a tool, or the files, that the provider has refused. */
  async #callTaken(offers: boolean): Promise<Asked> {
    for (let left = MOST_LEFT_OUT; ; left--) {
      const asked = await this.#callWith(offers);
      if (!("failure" in asked) || left === 0) return asked;
      if (!(offers && this.#leavesOut(asked)) && !this.#leavesFilesOut(asked)) return asked;
      this.#spend(asked.failure.usage);
    }
  }

  /** Providers say in many words that they do not take a file: without any, it is seen what else there is. */
  #leavesFilesOut({ failure: { code, reason } }: Refused): boolean {
    const isOfRequest = reason === undefined || reason === "unsupported_parameter";
    if (!this.#hasParts || code !== "model_rejected" || !isOfRequest) return false;
    this.#namesOnly = true;
    this.#parts.voice.log(
      "warn",
      "The model's provider refuses the request with its files: they are only named. `input` of the Model says what it takes.",
    );
    return true;
  }

  #leavesOut({ tool }: Refused): boolean {
    const { tools, voice } = this.#parts;
    const left = tool && tools.leaveOut(tool);
    if (!left) return false;
    const { server } = left;
    const named = server
      ? `The tool ${server.tool} of the MCP server ${server.name}`
      : `The client's tool ${left.name}`;
    voice.log("warn", `${named} is left out: the model's provider refuses its definition.`);
    return true;
  }

  async #callWith(offers: boolean): Promise<Asked> {
    const { voice, signal, tools, call, parameters } = this.#parts;
    const options = {
      ...parameters,
      ...this.#answerLimit(),
      ...(offers && tools.tools.length > 0 && { tools: functionTools(tools.tools) }),
      prompt: await this.#prompt(),
    };
    let said: ModelAnswer;
    try {
      said = await callModel({ ...call, options }, voice, signal);
    } catch (error) {
      const cause = error instanceof CallFailed ? error.cause : error;
      const { contextWindow, tool } = refusalOf(cause);
      return { failure: failureOf(error), contextWindow, tool };
    }
    return { said, files: brokenOff(said) ? [] : await this.#filesOf(said) };
  }

  #answerLimit(): { maxOutputTokens?: number } {
    const { maxOutputTokens } = this.#parts.parameters;
    const most = this.#room?.answer;
    if (maxOutputTokens === undefined || most === undefined) return {};
    return { maxOutputTokens: Math.min(maxOutputTokens, most) };
  }

  /** Stores what a model has made beside its words. */
  async #filesOf({ files }: ModelAnswer): Promise<FileRecord[]> {
    const known = this.#made.kept.length;
    const named = files.map((file, i) => {
      const kind = file.mediaType.startsWith("image/") ? "picture" : "file";
      return { ...file, name: `${kind}-${known + i + 1}` };
    });
    const outcomes = await this.#made.offer(named, { place: `${this.#rounds.count}` });
    return outcomes.flatMap((one) => ("record" in one ? [one.record] : []));
  }

  async #prompt(): Promise<LanguageModelV4Prompt> {
    const { request, tools, files } = this.#parts;
    const { systemPrompt, model } = request.config;
    const asked = {
      ...request,
      hasTools: tools.tools.length > 0 && !this.#inWords,
      systemPrompt,
      contextWindow: model.contextWindow - tools.tokens,
      maxOutputTokens: model.parameters.maxOutputTokens,
      kept: this.#made.kept,
      ...(this.#room && { mostTokens: this.#room.prompt }),
    };
    const fitted = await fitWithFiles(asked, { files, model, namesOnly: this.#namesOnly });
    this.#truncated = fitted.truncatedContext;
    this.#hasParts = fitted.hasParts;
    const done = this.#inWords ? this.#rounds.inWords() : this.#rounds.done(fitted.ofCalls);
    const shown = this.#room ? withShortResults(done, this.#room.prompt / RESULTS_IN_ALL) : done;
    const prompt = [...promptOf(fitted), ...shown];
    this.#lastTokens = promptTokens(prompt);
    this.#hasCalls = prompt.some(({ role }) => role === "tool");
    return prompt;
  }
}

/** Neither a word, nor a call, nor a file: a model that only thought has not answered. */
function isEmpty({ said, files }: Answered): boolean {
  const { finishReason, rawReason, calls, isCut } = said;
  // One that its own limit of tokens has stopped would be stopped again.
  const isWhole = finishReason === "stop" || (finishReason === "other" && rawReason !== undefined);
  return isWhole && calls.length === 0 && files.length === 0 && !isCut && !hasText(said);
}

function hasText({ words }: ModelAnswer): boolean {
  return words.some(({ type, text }) => type === "text" && text.trim() !== "");
}
