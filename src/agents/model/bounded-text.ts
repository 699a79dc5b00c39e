/**
 * Deltas of foreign text made safe to show and keep: whole characters only, since a provider may
 * cut a surrogate pair in two, and at most `limit` UTF-16 units in all.
 */
export class BoundedText {
  readonly #limit: number;
  #units = 0;
  #half = "";
  #full = false;
  #empty = true;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** There was more than the limit; what came after it is lost. */
  get full(): boolean {
    return this.#full;
  }

  /** Nothing but white space so far. */
  get empty(): boolean {
    return this.#empty;
  }

  /** What may be passed on now; may be empty. */
  take(delta: string): string {
    if (this.#full) return "";
    let text = this.#half + delta;
    const room = this.#limit - this.#units;
    this.#full = text.length > room;
    if (this.#full) text = text.slice(0, room);
    this.#half = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : "";
    return this.#give(this.#half ? text.slice(0, -1) : text);
  }

  /** At the end: a half pair whose other half never came, as the replacement character. */
  rest(): string {
    const half = this.#full ? "" : this.#half;
    this.#half = "";
    return this.#give(half);
  }

  #give(text: string): string {
    this.#units += text.length;
    if (this.#empty && /\S/.test(text)) this.#empty = false;
    return text.toWellFormed();
  }
}
