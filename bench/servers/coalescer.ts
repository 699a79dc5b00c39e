/** The room's own rule, for peers: the first delta at once, then one frame per window. */
const WINDOW_MS = 8;

export class Coalescer {
  readonly #send: (text: string) => void;
  #pending = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  push(delta: string): void {
    this.#pending += delta;
    if (this.#timer !== undefined) return;
    this.flush();
    this.#timer = setTimeout(() => this.#windowEnds(), WINDOW_MS);
  }

  flush(): void {
    const text = this.#pending;
    this.#pending = "";
    if (text !== "") this.#send(text);
  }

  #windowEnds(): void {
    this.#timer = undefined;
    if (this.#pending === "") return;
    this.flush();
    this.#timer = setTimeout(() => this.#windowEnds(), WINDOW_MS);
  }
}
