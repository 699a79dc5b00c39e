const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds where a JSON object, array or string ends that comes in pieces, reading each character once. */
export class JsonEnds {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #begun = false;

  /** Something has begun that has not ended. */
  get open(): boolean {
    return this.#begun;
  }

  /** The index behind the value's end, or -1 if it goes on behind `text`. Ready for the next value after an end. */
  feed(text: string, from = 0): number {
    for (let at = from; at < text.length; at++) {
      if (this.#ends(text.charCodeAt(at))) {
        this.#begun = false;
        return at + 1;
      }
    }
    return -1;
  }

  #ends(code: number): boolean {
    if (this.#inString) return this.#endsString(code);
    if (code === QUOTE) {
      this.#inString = true;
      this.#begun = true;
    } else if (code === 0x7b || code === 0x5b) {
      this.#depth++;
      this.#begun = true;
    } else if ((code === 0x7d || code === 0x5d) && this.#depth > 0) {
      return --this.#depth === 0;
    }
    return false;
  }

  #endsString(code: number): boolean {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) {
      this.#inString = false;
      return this.#depth === 0;
    }
    return false;
  }
}

/** The texts of values that stand behind one another; `undefined` where anything else stands between or behind. */
export function jsonTexts(text: string): string[] | undefined {
  const ends = new JsonEnds();
  const texts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const end = ends.feed(text, at);
    if (end < 0) return text.slice(at).trim() === "" ? texts : undefined;
    texts.push(text.slice(at, end).replace(/^[\s,]+/, ""));
    at = end;
  }
  return texts;
}
