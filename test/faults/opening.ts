import { until } from "../support/until";
import type { FaultUser } from "./fault-user";

/** A socket or a stream that somebody opens, and whether it lives. */
export class Opening {
  isAlive = false;
  readonly #end: () => void;
  readonly #settled = Promise.withResolvers<void>();
  isSettled = false;

  private constructor(end: () => void) {
    this.#end = end;
  }

  static socket(ws: WebSocket): Opening {
    const opening = new Opening(() => ws.close());
    ws.addEventListener("open", () => {
      opening.#settle(true);
      // Node's socket hears of a close in time only once it has sent something itself.
      ws.send("ping");
    });
    ws.addEventListener("close", () => opening.#settle(false));
    return opening;
  }

  /** An event stream of a task. */
  static stream(url: string, { token }: FaultUser): Opening {
    const over = new AbortController();
    const opening = new Opening(() => over.abort());
    const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
    void fetch(url, { headers, signal: over.signal })
      .then((response) => opening.#read(response))
      .catch(() => undefined)
      .then(() => opening.#settle(false));
    return opening;
  }

  /** Opened or refused. */
  whenSettled(): Promise<void> {
    return this.#settled.promise;
  }

  async whenDead(withinMs: number): Promise<boolean> {
    const isDead = () => this.isSettled && !this.isAlive;
    return until("it is dead", isDead, withinMs).catch(() => false);
  }

  /** As a lost network does. */
  cut(): void {
    this.#settle(false);
    this.#end();
  }

  async #read(response: Response): Promise<void> {
    if (response.status !== 200 || !response.body) return;
    this.#settle(true);
    for await (const _ of response.body);
  }

  #settle(isAlive: boolean): void {
    // Nothing that was cut comes alive.
    this.isAlive = isAlive && !this.isSettled;
    this.isSettled = true;
    this.#settled.resolve();
  }
}
