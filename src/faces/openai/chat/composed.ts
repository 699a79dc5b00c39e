/** An attempt says something else than what was sent. */
export class TakenBack extends Error {}

/**
 * The texts of all messages of a turn, as one that only grows: what was sent can't be taken back. A new
 * attempt writes on where its words begin with what was sent; `TakenBack` is thrown where they don't.
 */
export class Composed {
  readonly #mayTakeBack: boolean;
  #parts: { id: string; from: number }[] = [];
  #text = "";
  /** How much of the text the last attempt has said itself. */
  #said = 0;

  /** `mayTakeBack`: nothing is sent before the end. */
  constructor({ mayTakeBack = false } = {}) {
    this.#mayTakeBack = mayTakeBack;
  }

  get text(): string {
    return this.#text;
  }

  /** A message begins, or does so again with its first `kept` units. Gives what is new by it. */
  begin(id: string, kept: number): string {
    const known = this.#parts.findIndex((part) => part.id === id);
    const part = this.#parts[known];
    if (part) {
      this.#parts = this.#parts.slice(0, known + 1);
      this.#said = part.from + kept;
      return "";
    }
    // Two steps' words are paragraphs apart.
    const gap = this.#said > 0 ? this.#write(this.#said, "\n\n") : "";
    this.#parts.push({ id, from: this.#said });
    return gap;
  }

  /** Words of the last begun message. Gives what is new by them. */
  write(offset: number, delta: string): string {
    const from = this.#parts.at(-1)?.from ?? 0;
    return this.#write(from + offset, delta);
  }

  /** All is said. Throws where more was sent. */
  end(): void {
    if (this.#said === this.#text.length) return;
    if (!this.#mayTakeBack) throw new TakenBack("the answer is shorter than what was sent");
    this.#text = this.#text.slice(0, this.#said);
  }

  #write(at: number, words: string): string {
    const there = this.#text.slice(at, at + words.length);
    this.#said = at + words.length;
    if (words.startsWith(there)) {
      const more = words.slice(there.length);
      this.#text += more;
      return more;
    }
    if (!this.#mayTakeBack) throw new TakenBack("a new attempt answers in other words");
    this.#text = this.#text.slice(0, at) + words;
    return "";
  }
}
