import type { Ear } from "./client";
import type { Heard } from "./dialects/dialect";
import type { Script } from "./script";

/** Checks that one client gets all of a script, in order, and notes how late each token was. */
export class Listener {
  /** Milliseconds from the provider's write to this client, by token. */
  readonly latencies: Float64Array;
  firstTextAt = 0;
  lastTextAt = 0;
  readonly done: Promise<void>;
  readonly #script: Script;
  readonly #settle = Promise.withResolvers<void>();
  #position = 0;
  #tokens = 0;

  constructor(client: { ear: Ear }, script: Script) {
    this.#script = script;
    this.latencies = new Float64Array(script.tokens);
    this.done = this.#settle.promise;
    // It may fail before anybody waits for it.
    this.done.catch(() => undefined);
    client.ear = (heard, at) => this.#hear(heard, at);
  }

  get position(): number {
    return this.#position;
  }

  /** Gives up; `done` rejects. */
  fail(why: string): void {
    this.#settle.reject(new Error(`${why}, after ${this.#tokens} of ${this.#script.tokens}`));
  }

  #hear(heard: Heard, at: number): void {
    if (heard.type === "text") this.#take(heard, at);
    else if (heard.type === "end") this.#end(heard.text);
  }

  #take({ text, offset }: Extract<Heard, { type: "text" }>, at: number): void {
    const { text: whole, writtenAt } = this.#script;
    if (offset !== undefined && offset !== this.#position) this.fail(`a gap at ${offset}`);
    if (!whole.startsWith(text, this.#position)) this.fail(`wrong text at ${this.#position}`);
    if (this.#position === 0) this.firstTextAt = at;
    this.lastTextAt = at;
    this.#position += text.length;
    const tokens = this.#script.tokensIn(this.#position);
    for (; this.#tokens < tokens; this.#tokens++) {
      this.latencies[this.#tokens] = at - (writtenAt[this.#tokens] ?? 0);
    }
  }

  #end(text: string | undefined): void {
    const whole = this.#script.text;
    if (this.#position !== whole.length) this.fail("the end came early");
    if (text !== undefined && text !== whole) this.fail("the whole text is another");
    this.#settle.resolve();
  }
}
