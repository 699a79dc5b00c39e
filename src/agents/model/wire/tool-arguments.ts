import { type Fields, isFields, jsonOf } from "./json";
import { JsonEnds, jsonTexts } from "./json-ends";

/** The arguments of one call, gathered from its pieces. */
export class ToolArguments {
  #text = "";
  readonly #ends = new JsonEnds();
  #isWhole = false;
  /** Every piece so far began with all of the one before: the pieces may be snapshots. */
  #grows = true;
  #last = "";
  /** Pieces that came as objects, not as text. */
  #object: Fields | undefined;

  add(piece: unknown): void {
    if (typeof piece === "string") this.#addText(piece);
    else if (isFields(piece)) this.#object = { ...this.#object, ...piece };
  }

  get isEmpty(): boolean {
    return this.#text === "" && this.#object === undefined;
  }

  /** A value has begun that is not at its end. */
  get isOpen(): boolean {
    return this.#ends.open;
  }

  /** A value with something in it has ended, and nothing has begun since. */
  get isFilled(): boolean {
    const isText = this.#isWhole && !this.#ends.open && !/^\s*\{\s*\}\s*$/.test(this.#text);
    return this.#object !== undefined || isText;
  }

  /** Whether these are the arguments that are here. */
  holds(given: unknown): boolean {
    if (typeof given === "string") return given === this.#text;
    return this.#object !== undefined && jsonText(given) === jsonText(this.#object);
  }

  /** JSON text of an object; `undefined` where what came is none, as when it was cut. */
  read(): string | undefined {
    if (this.#object) return jsonText({ ...this.#object, ...objectIn(this.#text) });
    return readText(this.#text) ?? (this.#grows ? readText(this.#last) : undefined);
  }

  /** As it came. */
  get text(): string {
    return this.#text;
  }

  #addText(piece: string): void {
    if (piece === "") return;
    this.#grows &&= piece.startsWith(this.#last);
    this.#last = piece;
    this.#text += piece;
    for (let at = 0; at >= 0 && at < piece.length; ) {
      at = this.#ends.feed(piece, at);
      if (at >= 0) this.#isWhole = true;
    }
  }
}

/** An object within an object's text within a text: so deep models have been seen to encode. */
const LAYERS = 3;

function readText(text: string, layers = LAYERS): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return "{}";
  const value = jsonOf(trimmed);
  if (value === undefined) return readSeveral(trimmed);
  if (isFields(value)) return trimmed;
  if (value === null) return "{}";
  return typeof value === "string" && layers > 0 ? readText(value, layers - 1) : undefined;
}

/** Placeholders before an object, or the same object again. */
function readSeveral(text: string): string | undefined {
  const texts = jsonTexts(text.replace(/^(null\s*)+/, ""));
  if (!texts) return undefined;
  const values = texts.map(jsonOf);
  if (!values.every(isFields)) return undefined;
  const filled = texts.filter((_, n) => Object.keys(values[n] ?? {}).length > 0);
  if (filled.length === 0) return "{}";
  return new Set(filled.map((one) => jsonText(jsonOf(one)))).size === 1 ? filled[0] : undefined;
}

function objectIn(text: string): Fields {
  const value = jsonOf(readText(text) ?? "{}");
  return isFields(value) ? value : {};
}

/** `undefined` where it is nested too deep to be written. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
