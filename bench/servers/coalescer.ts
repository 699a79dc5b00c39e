/** The room's own rule, for peers: the first delta at once, then one frame per window on the average. */
const WINDOW_MS = 8;

export class Coalescer {
  readonly #send: (text: string) => void;
  #pending = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #due = 0;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  push(delta: string): void {
    this.#pending += delta;
    const left = this.#due - Date.now();
    if (left <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), left);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#pending;
    if (text === "") return;
    this.#pending = "";
    const now = Date.now();
    const late = this.#due === 0 ? 0 : Math.max(0, Math.min(now - this.#due, WINDOW_MS));
    this.#due = now + WINDOW_MS - late;
    this.#send(text);
  }
}
