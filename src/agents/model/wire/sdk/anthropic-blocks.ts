import { type Fields, isFields } from "../json";
import { argumentsIn, idIn, textIn } from "./said-values";

type Block = {
  /** As the SDK's reader hears of it: of its own, since some servers give several blocks one number. */
  index: number;
  kind: "text" | "thinking" | "tool_use" | "other";
  /** Arguments that came with the block's start; those in pieces stand above them. */
  input: string;
  hasPieces: boolean;
};

/** The blocks of an answer: text, thinking and calls of our tools; of any other kind nobody hears. */
export class AnthropicBlocks {
  /** Those that are open, by the provider's number. */
  readonly #open = new Map<unknown, Block>();
  #made = 0;
  hasCalls = false;

  start(place: unknown, said: unknown): Fields[] {
    const before = this.#open.has(place) ? this.stop(place) : [];
    const given = isFields(said) ? said : {};
    const content_block = blockOf(given);
    const kind = content_block ? kindOf(content_block) : "other";
    const input = kind === "tool_use" ? argumentsIn(given.input) : "";
    const block: Block = { index: this.#made++, kind, input, hasPieces: false };
    this.#open.set(place, block);
    if (!content_block) return before;
    this.hasCalls ||= kind === "tool_use";
    const { index } = block;
    return [
      ...before,
      { type: "content_block_start", index, content_block },
      ...this.#begun(given, index),
    ];
  }

  delta(place: unknown, said: unknown): Fields[] {
    if (!isFields(said)) return [];
    const delta = deltaOf(said);
    if (!delta) return [];
    const known = this.#at(place);
    const before = known ? [] : this.start(place, STARTS[String(delta.type)]);
    const block = known ?? this.#at(place);
    if (!block || block.kind === "other") return before;
    if (delta.type === "input_json_delta" && delta.partial_json !== "") block.hasPieces = true;
    return [...before, { type: "content_block_delta", index: block.index, delta }];
  }

  stop(place: unknown): Fields[] {
    const block = this.#at(place);
    if (!block) return [];
    for (const [key, one] of this.#open) if (one === block) this.#open.delete(key);
    if (block.kind === "other") return [];
    const { index, input, hasPieces } = block;
    const partial_json = hasPieces ? "" : input;
    const rest =
      partial_json === "" ? [] : [deltaAt(index, { type: "input_json_delta", partial_json })];
    return [...rest, { type: "content_block_stop", index }];
  }

  /** Whatever was not stopped: its answer is at its end. */
  stopAll(): Fields[] {
    return [...this.#open.keys()].flatMap((place) => this.stop(place));
  }

  /** One without a number is of the last block that was begun. */
  #at(place: unknown): Block | undefined {
    return place === undefined || place === null
      ? [...this.#open.values()].at(-1)
      : this.#open.get(place);
  }

  /** What stood in a block's start already. */
  #begun({ type, text, thinking, signature }: Fields, index: number): Fields[] {
    const said = type === "text" ? { text } : type === "thinking" ? { thinking, signature } : {};
    return Object.entries(said).flatMap(([name, value]) =>
      textIn(value) === "" ? [] : [deltaAt(index, { type: `${name}_delta`, [name]: value })],
    );
  }
}

function deltaAt(index: number, delta: Fields): Fields {
  return { type: "content_block_delta", index, delta };
}

/** What a piece without a block is the beginning of. */
const STARTS: Record<string, Fields> = {
  text_delta: { type: "text" },
  thinking_delta: { type: "thinking" },
};

/** A block's start as the SDK's reader takes it. */
function blockOf({ type, id, name, data }: Fields): Fields | undefined {
  switch (type) {
    case "text":
      return { type, text: "" };
    case "thinking":
      return { type, thinking: "" };
    case "redacted_thinking":
      return typeof data === "string" ? { type, data } : undefined;
    case "tool_use":
      return { type, id: idIn(id), name: textIn(name), input: {} };
    default:
      return undefined;
  }
}

function kindOf({ type }: Fields): Block["kind"] {
  return type === "text" || type === "tool_use" ? type : "thinking";
}

function deltaOf({ type, text, thinking, signature, partial_json }: Fields): Fields | undefined {
  switch (type) {
    case "text_delta":
      return { type, text: textIn(text) };
    case "thinking_delta":
      return { type, thinking: textIn(thinking) };
    case "signature_delta":
      return { type, signature: textIn(signature) };
    case "input_json_delta":
      return { type, partial_json: argumentsIn(partial_json) };
    default:
      return undefined;
  }
}
