/** Milliseconds between two words about text, and of silence after which there is one. */
const WRITING_MS = 1000;
const SILENCE_MS = 10_000;

type Told = {
  method: "notifications/progress";
  params: { progressToken: string | number; progress: number; message: string };
};

/** Tells a caller that wants to know how far its call is; those who do not are told nothing. */
export class Progress {
  readonly #token: string | number | undefined;
  readonly #notify: (told: Told) => Promise<void>;
  #count = 0;
  #last = "";
  #at = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(token: string | number | undefined, notify: (told: Told) => Promise<void>) {
    this.#token = token;
    this.#notify = notify;
  }

  /** From now on the caller hears that the call is alive, also where nothing happens. */
  begin(message: string): void {
    if (this.#token === undefined) return;
    this.say(message);
    this.#timer ??= setInterval(() => this.#silence(), SILENCE_MS);
  }

  say(message: string): void {
    const progressToken = this.#token;
    if (progressToken === undefined || message === this.#last) return;
    this.#last = message;
    this.#tell(progressToken, message);
  }

  /** What changes all the time is told now and then. */
  sayOften(message: string): void {
    if (Date.now() - this.#at >= WRITING_MS) this.say(message);
    else this.#last = message;
  }

  end(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
  }

  #silence(): void {
    if (this.#token === undefined || Date.now() - this.#at < SILENCE_MS) return;
    this.#tell(this.#token, this.#last);
  }

  #tell(progressToken: string | number, message: string): void {
    this.#at = Date.now();
    // It must grow with each word; how much there will be nobody knows.
    const params = { progressToken, progress: ++this.#count, message };
    // A caller that has gone hears nothing.
    void this.#notify({ method: "notifications/progress", params }).catch(() => undefined);
  }
}
