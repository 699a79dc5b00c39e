import { Cell } from "../../state/cell";

const BETWEEN = "\n\n";

/**
 * What is being written. What was refused comes back before it, in the order in which it was sent: several
 * messages may be on their way, and another be begun, when a connection ends.
 */
export class WrittenText extends Cell<string> {
  /** What has come back: paragraphs at the beginning, as long as nobody changes them. */
  #back = "";

  constructor() {
    super("");
  }

  /** Leaves nothing behind; gives what was written. */
  take(): string {
    const text = this.getSnapshot().trim();
    this.#back = "";
    this.set("");
    return text;
  }

  putBack(text: string): void {
    const all = this.getSnapshot();
    const isThere = all === this.#back || all.startsWith(this.#back + BETWEEN);
    const before = isThere ? this.#back : "";
    this.#back = joined(before, text);
    this.set(joined(this.#back, all.slice(before.length).replace(/^\n+/, "")));
  }
}

function joined(one: string, other: string): string {
  return one && other ? `${one}${BETWEEN}${other}` : one || other;
}
