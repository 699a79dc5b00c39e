/**
 * A text that grows, told in pieces. None ends within a pair of surrogates but the last; blanks that may yet
 * be a round's all wait for what follows them, since such a round's text is dropped.
 */
export class Stretch {
  /** What was told, and what was not yet: apart, so that a piece costs its own length and not the text's. */
  #said: string;
  #rest = "";
  /** Whether the round that is being said has told more than blanks. */
  #speaks = false;

  /** What an attempt keeps has been told before. */
  constructor(kept = "") {
    this.#said = kept;
  }

  /** UTF-16 units that have been told. */
  get told(): number {
    return this.#said.length;
  }

  get text(): string {
    return this.#said + this.#rest;
  }

  /** The text becomes `text.slice(0, offset) + delta`; false, and nothing done, where that takes back what was told. */
  write(offset: number, delta: string): boolean {
    const from = offset - this.told;
    if (from >= 0) {
      this.#rest = this.#rest.slice(0, from) + delta;
      return true;
    }
    const next = this.text.slice(0, offset) + delta;
    if (!this.mayBecome(next)) return false;
    this.become(next);
    return true;
  }

  /** The text becomes this. Throws where it takes back what was told. */
  become(text: string): void {
    if (!this.mayBecome(text)) throw new Error("a text took back what it had said");
    this.#rest = text.slice(this.told);
  }

  /** Whether what was told is how this text begins. */
  mayBecome(text: string): boolean {
    return text.toWellFormed().startsWith(this.#said.toWellFormed());
  }

  /** What follows is said in another round. */
  endRound(): void {
    this.#speaks = false;
  }

  /** The piece that is to be told now; `isWhole` where nothing is added any more. */
  next({ isWhole = false } = {}): { offset: number; delta: string } | undefined {
    this.#speaks ||= /\S/.test(this.#rest);
    if (!isWhole && !this.#speaks) return undefined;
    const piece = isWhole ? this.#rest : withoutHalf(this.#rest);
    if (piece === "") return undefined;
    const offset = this.told;
    this.#said += piece;
    this.#rest = this.#rest.slice(piece.length);
    return { offset, delta: piece.toWellFormed() };
  }
}

function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
