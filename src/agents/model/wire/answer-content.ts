import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall } from "@ai-sdk/provider";
import { AnswerParts } from "./answer-parts";
import { type ContentPiece, contentPieces, reasoningIn } from "./content-parts";
import { type Fields, isFields, listOf } from "./json";
import { ReasoningDetails } from "./reasoning-details";
import { ThinkTags } from "./think-tags";
import { ToolCalls } from "./tool-calls";

/** What an answer held, for whoever has to say why there is no text. */
export type Seen = ContentPiece["kind"] | "tool-call";

export type ContentOptions = {
  /** Whether thinking between tags is taken out of the text. */
  thinkTags: boolean;
  /** Names of the tools that were offered. */
  toolNames: Iterable<string>;
};

/** The words, the thinking, the calls and the files of an answer. */
export class AnswerContent {
  readonly #parts = new AnswerParts();
  readonly #calls: ToolCalls;
  readonly #details = new ReasoningDetails();
  readonly #tags: ThinkTags | undefined;
  readonly #seen = new Set<Seen>();
  /** Text as it came. */
  #text = "";
  /** Deltas have spoken: a message after them sums up. */
  #hasDeltas = false;
  /** Pieces so far, of any kind. */
  #pieces = 0;

  constructor({ thinkTags, toolNames }: ContentOptions) {
    this.#calls = new ToolCalls(new Set(toolNames));
    if (!thinkTags) return;
    this.#tags = new ThinkTags({
      text: (text) => this.#sayText(text),
      thinking: (text) => this.#think(text),
      wasThinking: () => {
        this.#seen.delete("text");
        this.#seen.add("reasoning");
        this.#parts.retractText();
      },
    });
  }

  get seen(): Seen[] {
    return [...this.#seen];
  }

  get hasCalls(): boolean {
    return this.#calls.size > 0;
  }

  model(modelId: string): void {
    this.#parts.addFirst({ type: "response-metadata", modelId });
  }

  /** Takes a choice, as a piece or, from a whole completion, all at once; gives whether it held anything. */
  takeChoice({ delta, message, text }: Fields, isWhole: boolean): boolean {
    const before = this.#pieces;
    const hasDelta = isFields(delta) && !(isFields(message) && Object.keys(delta).length === 0);
    if (hasDelta) this.#takeDelta(delta);
    else if (isFields(message)) this.#takeMessage(message, isWhole);
    else this.#takeContent(typeof delta === "string" ? delta : text);
    this.#hasDeltas ||= hasDelta && this.#pieces > before;
    return this.#pieces > before;
  }

  /** The parts of what was read since. */
  take(): LanguageModelV4StreamPart[] {
    return this.#parts.take();
  }

  /** Says what was held back: nothing more comes that would tell what it is. */
  endText(): void {
    this.#tags?.end();
  }

  /** At the answer's end, before its last part. */
  close(): void {
    this.endText();
    this.#parts.close();
    for (const [at, call] of this.#calls.all().entries()) {
      this.#seen.add("tool-call");
      this.#parts.add(at === 0 ? this.#withDetails(call) : call);
    }
  }

  /** They go back with the first call. */
  #withDetails(call: LanguageModelV4ToolCall): LanguageModelV4ToolCall {
    const { json } = this.#details;
    if (json === undefined) return call;
    const { taskroom } = call.providerMetadata ?? {};
    return { ...call, providerMetadata: { taskroom: { ...taskroom, details: json } } };
  }

  #takeDelta(delta: Fields): void {
    const { content, tool_calls, function_call, refusal, images, audio } = delta;
    this.#details.take(delta.reasoning_details);
    const thought = reasoningIn(delta);
    if (thought) {
      this.#tags?.thoughtElsewhere();
      this.#think(thought.text, thought.field);
    }
    this.#takeContent(content);
    if (refusal) this.#takeContent([{ refusal }]);
    if (images) this.#takeContent(listOf(images).map(asImage));
    if (audio) this.#seen.add("audio");
    if (tool_calls) this.#takeCalls(tool_calls);
    if (isFields(function_call)) this.#takeCalls([{ ...function_call, index: -1 }]);
  }

  /** A message is a piece like a delta, or sums up what has been said. */
  #takeMessage(message: Fields, isWhole: boolean): void {
    if ((this.#hasDeltas || isWhole) && this.#pieces > 0) this.#takeSummary(message);
    else this.#takeDelta(message);
  }

  /** Only what is new in it counts; what does not begin as all that was said is no summary. */
  #takeSummary({ content, tool_calls }: Fields): void {
    if (typeof content === "string" && !this.#text.startsWith(content.trimEnd())) {
      this.#speak(content.startsWith(this.#text) ? content.slice(this.#text.length) : content);
    }
    if (tool_calls && !this.hasCalls) this.#takeCalls(tool_calls);
  }

  #takeCalls(calls: unknown): void {
    this.#pieces++;
    this.#calls.take(calls);
  }

  #takeContent(content: unknown): void {
    if (typeof content === "string") this.#speak(content);
    else for (const piece of contentPieces(content)) this.#takePiece(piece);
  }

  #takePiece(piece: ContentPiece): void {
    if (piece.kind !== "text") this.#seen.add(piece.kind);
    if (piece.kind === "reasoning") this.#think(piece.text);
    else if ("text" in piece) this.#speak(piece.text);
    else if (piece.file) {
      this.#pieces++;
      this.#parts.add(piece.file);
    }
  }

  #speak(text: string): void {
    if (text === "") return;
    this.#pieces++;
    this.#text += text;
    if (this.#tags) this.#tags.take(text);
    else this.#sayText(text);
  }

  #sayText(text: string): void {
    if (!this.#seen.has("text") && /\S/.test(text)) this.#seen.add("text");
    this.#parts.say("text", text);
  }

  /** `field` is where it stood, if not in the content. */
  #think(text: string, field?: string): void {
    this.#pieces++;
    this.#seen.add("reasoning");
    this.#parts.say("reasoning", text, field === undefined ? {} : { field });
  }

  /** The answer's last part. */
  finish(part: Extract<LanguageModelV4StreamPart, { type: "finish" }>): void {
    this.#parts.add(part);
  }
}

function asImage(image: unknown): Fields {
  return isFields(image) ? { type: "image_url", ...image } : { image_url: image };
}
