import type { ByteBudget } from "./byte-budget";

/**
 * Deltas of foreign text made safe to show and keep: whole characters only, since a provider may
 * cut a surrogate pair in two, and no more than its budget has room for.
 */
export class BoundedText {
  readonly #budget: ByteBudget;
  #half = "";
  #full = false;
  #empty = true;

  constructor(budget: ByteBudget) {
    this.#budget = budget;
  }

  /** There was more than there is room for; what came after it is lost. */
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
    const text = this.#half + delta;
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
    const room = this.#budget.spend(text);
    this.#full ||= room < text.length;
    const given = text.slice(0, room);
    if (this.#empty && /\S/.test(given)) this.#empty = false;
    return given.toWellFormed();
  }
}
