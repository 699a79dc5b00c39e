import { randomId } from "../../client/connection/id";

/**
 * The `Idempotency-Key` of what is asked for: the same for as long as the same is asked for again, because no
 * answer came. `done` is for when one has come.
 */
export class SameKey {
  #last: { body: string; key: string } | undefined;

  of(body: object): string {
    const text = JSON.stringify(body);
    if (this.#last?.body !== text) this.#last = { body: text, key: randomId() };
    return this.#last.key;
  }

  done(): void {
    this.#last = undefined;
  }
}
