import type {
  LanguageModelV4File,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
} from "@ai-sdk/provider";
import { LIMITS } from "../../protocol/limits";
import type { Usage } from "../../protocol/usage";
import type { OfferedFile } from "../files/made-files";
import type { TextPlace, Voice } from "../voice";
import { usageOf } from "./model-usage";
import { SpokenParts } from "./spoken-parts";

/** What one call of a model came to. */
export type ModelAnswer = {
  /** The provider's word, one of the SDK's; `other` where it gave none. */
  finishReason: string;
  /** As the provider wrote it. */
  rawReason: string | undefined;
  /** What the provider says answered. */
  model: string;
  usage: Usage | undefined;
  calls: LanguageModelV4ToolCall[];
  /** Its own words and thoughts, for the next call of the same attempt. */
  words: SpokenParts["value"];
  /** Pictures and other files that it made. */
  files: Omit<OfferedFile, "name">[];
  /** What else came than words and calls, in words. */
  unshown: string[];
  /** The bound of an answer was reached, and the rest was not waited for. */
  isCut: boolean;
};

type Part<T extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { type: T }
>;

/** Files of one answer that are held until it is over, and units of all of them. */
const MOST_FILES = 32;
const FILE_UNITS = 32 * 1024 * 1024;

type Words = Part<`${"text" | "reasoning"}-${"start" | "delta" | "end"}`>;

/** Puts together what the parts of one answer say, and says its words. */
export class Answering {
  readonly #voice: Voice;
  /** Where the words of this call begin. */
  readonly #begin: TextPlace;
  #model: string;
  readonly #words = new SpokenParts();
  /** UTF-16 units of text so far, and of thinking that was told already as text. */
  #said = 0;
  #told = 0;
  #finish: Part<"finish"> | undefined;
  readonly #calls: LanguageModelV4ToolCall[] = [];
  readonly #unshown = new Set<string>();
  readonly #files: ModelAnswer["files"] = [];
  #fileUnits = 0;

  constructor(model: string, voice: Voice) {
    this.#model = model;
    this.#voice = voice;
    this.#begin = voice.place;
  }

  get usage(): Usage | undefined {
    return this.#finish && usageOf(this.#finish.usage);
  }

  /** Whether the provider had begun to answer. */
  get hasBegun(): boolean {
    return this.#words.value.length + this.#calls.length + this.#files.length > 0;
  }

  get isOver(): boolean {
    return this.#finish !== undefined || this.#voice.isFull;
  }

  /** Throws what the provider reports as an error. */
  take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "text-start":
      case "text-delta":
      case "text-end":
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        this.#say(part);
        break;
      case "tool-call":
        this.#calls.push(part);
        break;
      case "file":
        this.#takeFile(part);
        this.#unshown.add(part.mediaType.startsWith("image/") ? "a picture" : "a file");
        break;
      case "reasoning-file":
        this.#unshown.add(part.mediaType.startsWith("image/") ? "a picture" : "a file");
        break;
      case "response-metadata":
        // Some providers name nothing where the model's name stands.
        this.#model = part.modelId || this.#model;
        break;
      case "error":
        throw part.error;
      case "finish":
        this.#end(part);
        break;
      default:
    }
  }

  answer(): ModelAnswer {
    const reason = this.#finish?.finishReason;
    return {
      finishReason: reason?.unified ?? "other",
      rawReason: reason?.raw,
      model: this.#model.slice(0, LIMITS.modelNameChars).toWellFormed(),
      usage: this.usage,
      calls: this.#calls,
      words: this.#words.value,
      files: this.#files,
      unshown: [...this.#unshown],
      isCut: this.#voice.isFull,
    };
  }

  #takeFile({ mediaType, data }: LanguageModelV4File): void {
    const file = offered(data);
    this.#fileUnits += unitsOf(file);
    const isFull = this.#files.length >= MOST_FILES || this.#fileUnits > FILE_UNITS;
    if (!isFull) this.#files.push({ mediaType, data: file });
  }

  #say(part: Words): void {
    if (part.type === "reasoning-start" && noteOf(part, "replacesText") === true) this.#retract();
    this.#words.take(part);
    if (part.type === "reasoning-delta") this.#think(part.delta);
    if (part.type !== "text-delta") return;
    // Two rounds' texts are two paragraphs.
    const isNext = this.#said === 0 && !this.#begin.isEmpty && part.delta !== "";
    this.#said += part.delta.length;
    this.#voice.text(isNext ? `\n\n${part.delta}` : part.delta);
  }

  /** All text of this call was thinking: it is told once more as such, of which only the rest is new. */
  #retract(): void {
    this.#told = this.#said;
    this.#said = 0;
    this.#words.dropText();
    this.#voice.retract(this.#begin);
  }

  #think(delta: string): void {
    const known = Math.min(this.#told, delta.length);
    this.#told -= known;
    this.#voice.thinking(delta.slice(known));
  }

  #end(part: Part<"finish">): void {
    this.#finish = part;
    const seen = noteOf(part, "seen");
    if (!Array.isArray(seen)) return;
    for (const kind of seen) {
      const words = UNSHOWN[String(kind)];
      if (words) this.#unshown.add(words);
    }
  }
}

function offered(data: LanguageModelV4File["data"]): OfferedFile["data"] {
  if (data.type === "url") return { url: data.url.href };
  return typeof data.data === "string"
    ? { base64: data.data }
    : { bytes: new Uint8Array(data.data) };
}

function unitsOf(file: OfferedFile["data"]): number {
  if ("url" in file) return 0;
  return "base64" in file ? file.base64.length : file.bytes.length;
}

const UNSHOWN: Record<string, string> = {
  picture: "a picture",
  file: "a file",
  audio: "sound",
  other: "a part of a kind unknown here",
};

/** What our own reader says besides the provider interface. */
export function noteOf(
  { providerMetadata }: { providerMetadata?: LanguageModelV4ToolCall["providerMetadata"] },
  name: string,
): unknown {
  return providerMetadata?.taskroom?.[name];
}
