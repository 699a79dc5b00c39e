/** Deltas of foreign text made whole: a provider may cut a surrogate pair in two. */
export class WholeCharacters {
  #half = "";
  #isBlank = true;

  /** Nothing but white space so far. */
  get isBlank(): boolean {
    return this.#isBlank;
  }

  /** What may be passed on now; may be empty. */
  take(delta: string): string {
    const text = this.#half === "" ? delta : this.#half + delta;
    const last = text.charCodeAt(text.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : "";
    return this.#give(this.#half === "" ? text : text.slice(0, -1));
  }

  /** At the end: half a pair whose other half never came, as the replacement character. */
  rest(): string {
    const half = this.#half;
    this.#half = "";
    return this.#give(half);
  }

  #give(text: string): string {
    if (this.#isBlank && /\S/.test(text)) this.#isBlank = false;
    return text.toWellFormed();
  }
}

/** Text of at most so many bytes of UTF-8, in pieces. */
export class SpokenBytes {
  readonly #limit: number;
  #left: number;
  #isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  /** There was more than the limit; what came after it is lost. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** As much of a well-formed piece as there is room for, in whole characters. */
  take(text: string): string {
    if (this.#isFull) return "";
    const room = this.#left;
    // Most pieces are far from the limit and need no counting but their own.
    this.#left -= bytesOf(text);
    if (this.#left >= 0) return text;
    this.#isFull = true;
    return beginningOf(text, room);
  }

  /** Bytes that were taken. */
  get bytes(): number {
    return this.#limit - Math.max(0, this.#left);
  }
}

/** Bytes of a well-formed text in UTF-8. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Each half of a pair counts two of its four bytes.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/** The longest beginning of a well-formed text within `limit` bytes of UTF-8, in whole characters. */
export function beginningOf(text: string, limit: number): string {
  let end = 0;
  let bytes = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > limit) break;
    end += character.length;
  }
  return text.slice(0, end);
}
