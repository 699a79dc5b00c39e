import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import { CutOff, type ModelFault, ProviderRefused, Unreadable } from "../refusal/model-fault";
import { readRefusal } from "../refusal/read-refusal";
import { AnswerContent, type ContentOptions } from "./answer-content";
import { AnswerEnd } from "./answer-end";
import { errorIn } from "./error-report";
import type { EventListener } from "./event-reader";
import { finishOf } from "./finish-words";
import { type Fields, isFields, listOf } from "./json";
import { NO_USAGE, UsageTold } from "./usage";

/**
 * Reads the chunks of a chat completion, streamed or whole. Strict in the words, the calls and the end
 * of an answer, tolerant in everything else: what cannot be read of it is passed over.
 */
export class AnswerReader implements EventListener {
  readonly #content: AnswerContent;
  readonly #end = new AnswerEnd();
  readonly #usage = new UsageTold();
  #model: string | undefined;
  /** The index of the choice that is the answer. */
  #choice: unknown;
  /** The answer came as one document, which is whole by its grammar. */
  #isObject = false;
  /** One document is all that came so far. */
  #isAlone = false;
  #values = 0;
  /** Something came that only an answer has. */
  #isAnswer = false;
  /** Something came that no answer has, as the words of a web page. */
  #isForeign = false;
  #fault: ModelFault | undefined;

  constructor(options: ContentOptions) {
    this.#content = new AnswerContent(options);
  }

  /** Why the answer cannot go on; what is told after it does not count. */
  get fault(): ModelFault | undefined {
    return this.#fault;
  }

  /** `undefined` where the provider told nothing. */
  get usage(): LanguageModelV4Usage | undefined {
    return this.#usage.value;
  }

  /** Whether the answer is whole and nothing is left to wait for. */
  get isOver(): boolean {
    return this.#end.isOver;
  }

  /** Whether the answer is whole but for its usage. */
  get waitsForUsage(): boolean {
    return this.#end.waitsForUsage || (this.#isObject && !this.isOver);
  }

  /** The parts of what was read since. */
  take(): LanguageModelV4StreamPart[] {
    return this.#content.take();
  }

  /** Nothing more comes. Gives the last parts; where the answer is not whole, there is a fault afterwards. */
  end(cause?: unknown): LanguageModelV4StreamPart[] {
    const isDocument = this.#isObject || (this.#isAlone && this.#values === 1 && !cause);
    if (!this.#fault && !this.#end.isWhole && !isDocument) {
      const isForeign = this.#isForeign && !this.#isAnswer && cause === undefined;
      this.#fault = isForeign ? new Unreadable() : new CutOff(cause);
    }
    if (this.#fault) {
      this.#content.endText();
      return this.take();
    }
    this.#content.close();
    const taskroom = { seen: this.#content.seen };
    this.#content.finish({
      type: "finish",
      finishReason: this.#finishReason(),
      usage: this.usage ?? NO_USAGE,
      providerMetadata: { taskroom },
    });
    return this.take();
  }

  json(value: unknown, event: string | undefined): void {
    for (const chunk of Array.isArray(value) ? value : [value]) {
      if (isFields(chunk) && !this.#end.isDone && !this.#fault) this.#take(chunk, event);
    }
  }

  text(text: string, event: string): void {
    if (event !== "error") this.#isForeign = true;
    else if (!this.#end.isWhole) this.#refuse(text);
  }

  done(): void {
    this.#end.done();
  }

  broken(): void {
    if (!this.#end.isWhole) this.#fault ??= new Unreadable();
  }

  #take(chunk: Fields, event: string | undefined): void {
    this.#values++;
    const hasUsage = this.#takeUsage(chunk);
    const error = this.#end.isWhole ? undefined : errorIn(chunk, event);
    if (error === undefined) this.#takeChunk(chunk, hasUsage, event === undefined);
    else this.#refuse(error);
    if (event === "done" || event === "end") this.done();
  }

  #takeChunk(chunk: Fields, hasUsage: boolean, isDocument: boolean): void {
    this.#takeModel(chunk.model);
    if (chunk.choices === undefined) this.#isForeign ||= !hasUsage;
    else this.#isAnswer = true;
    const choice = this.#ours(chunk.choices);
    if (!choice) {
      this.#end.take({ finishReason: undefined, hasContent: false, hasUsage });
      return;
    }
    const isWhole = chunk.object === "chat.completion" && !choice.delta && isFields(choice.message);
    this.#isObject ||= isWhole && isDocument;
    const holdsAnswer = isFields(choice.message) || typeof choice.text === "string";
    this.#isAlone = isDocument && !choice.delta && holdsAnswer;
    this.#takeChoice(choice, isWhole, hasUsage);
  }

  #takeChoice(choice: Fields, isWhole: boolean, hasUsage: boolean): void {
    const hasContent = this.#content.takeChoice(choice, isWhole) && !isWhole;
    const finishReason = choice.finish_reason ?? choice.finishReason;
    const isBroken =
      finishReason && !this.#end.isWhole && finishOf(finishReason)?.unified === "error";
    if (isBroken) this.#refuse(choice);
    else this.#end.take({ finishReason, hasContent, hasUsage });
  }

  #refuse(error: unknown): void {
    this.#fault ??= new ProviderRefused(readRefusal(undefined, {}, error));
  }

  #takeUsage(chunk: Fields): boolean {
    const { usage, usageMetadata, usage_metadata, x_groq, choices } = chunk;
    const first: unknown = Array.isArray(choices) ? choices[0] : choices;
    let hasUsage = this.#told(usage);
    if (usageMetadata || usage_metadata) hasUsage = this.#told(usageMetadata ?? usage_metadata);
    if (x_groq) hasUsage = this.#told(x_groq) || hasUsage;
    return (isFields(first) && this.#told(first.usage)) || hasUsage;
  }

  #told(usage: unknown): boolean {
    return usage !== null && typeof usage === "object" && this.#usage.take(usage);
  }

  /** An odd name is none; the caller knows what was asked for. */
  #takeModel(model: unknown): void {
    if (this.#model !== undefined || typeof model !== "string") return;
    if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(model)) return;
    this.#model = model;
    this.#content.model(model);
  }

  /** Of several choices the first that comes is the answer. */
  #ours(choices: unknown): Fields | undefined {
    for (const choice of listOf(choices)) {
      if (!isFields(choice)) continue;
      if (typeof choice.index !== "number") return choice;
      this.#choice ??= choice.index;
      if (this.#choice === choice.index) return choice;
    }
    return undefined;
  }

  #finishReason(): LanguageModelV4FinishReason {
    const { unified, raw } = this.#end.finish ?? { unified: "stop" as const, raw: undefined };
    const { hasCalls } = this.#content;
    if (hasCalls && (unified === "stop" || unified === "other"))
      return { unified: "tool-calls", raw };
    return { unified: unified === "tool-calls" && !hasCalls ? "stop" : unified, raw };
  }
}
