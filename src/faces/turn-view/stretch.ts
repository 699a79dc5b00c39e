/** A text that grows, told in pieces: none ends in blanks or within a pair of surrogates but the last. */
export class Stretch {
  #text: string;
  #told: number;

  /** What an attempt keeps has been told before. */
  constructor(kept = "") {
    this.#text = kept;
    this.#told = kept.length;
  }

  /** UTF-16 units that have been told. */
  get told(): number {
    return this.#told;
  }

  get text(): string {
    return this.#text;
  }

  /** The text becomes this. Throws where it takes back what was told. */
  become(text: string): void {
    if (!this.mayBecome(text)) throw new Error("a text took back what it had said");
    this.#text = text;
  }

  /** Whether what was told is how this text begins. */
  mayBecome(text: string): boolean {
    const told = this.#text.slice(0, this.#told).toWellFormed();
    return text.toWellFormed().startsWith(told);
  }

  /** The piece that is to be told now; `isWhole` where nothing is added any more. */
  next({ isWhole = false } = {}): { offset: number; delta: string } | undefined {
    const rest = this.#text.slice(this.#told);
    // The blanks of a round that says nothing else are dropped: they wait for what follows them.
    const piece = isWhole ? rest : withoutHalf(rest.trimEnd());
    if (piece === "") return undefined;
    const offset = this.#told;
    this.#told += piece.length;
    return { offset, delta: piece.toWellFormed() };
  }
}

function withoutHalf(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
