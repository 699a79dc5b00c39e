import type {
  LanguageModelV4ReasoningPart,
  LanguageModelV4StreamPart,
  LanguageModelV4TextPart,
} from "@ai-sdk/provider";

type Part = LanguageModelV4TextPart | LanguageModelV4ReasoningPart;
type Told = Extract<
  LanguageModelV4StreamPart,
  { type: `text-${string}` | `reasoning-${"start" | "delta" | "end"}` }
>;

/** The words of one answer as its provider wants them back: thinking may be signed, or sealed. */
export class SpokenParts {
  readonly #parts = new Map<string, Part>();

  /** Those that hold anything, in order. */
  get value(): Part[] {
    return [...this.#parts.values()].filter(
      ({ type, text, providerOptions }) => text !== "" || (type === "reasoning" && providerOptions),
    );
  }

  take(told: Told): void {
    const type = told.type.startsWith("text") ? "text" : "reasoning";
    const key = `${type} ${told.id}`;
    const part: Part = this.#parts.get(key) ?? { type, text: "" };
    this.#parts.set(key, part);
    if ("delta" in told) part.text += told.delta;
    // What is said of a part at its end stands.
    if (told.providerMetadata) part.providerOptions = told.providerMetadata;
  }

  /** All text so far was something else. */
  dropText(): void {
    for (const [key, { type }] of this.#parts) if (type === "text") this.#parts.delete(key);
  }
}
