import type { HeldApiKey } from "../../history/api-keys";
import { Remembered } from "../../platform/remembered";

/** Keys that an isolate keeps at most; the oldest go first. */
const MOST = 10_000;
/** Milliseconds for which a key that was looked up is good without another look: less than a revocation may take. */
const KEPT_MS = 4000;
/** Milliseconds for which a key that was revoked here is not kept: longer than a look at it may be under way. */
const REVOKED_MS = 60_000;

type Kept = { held: HeldApiKey; until: number };

/** Keys that were looked up a moment ago, by their hashes. */
export class HeldKeys {
  readonly #kept = new Map<string, Kept>();
  readonly #revoked = new Remembered(MOST);

  /** `now` in milliseconds since 1970. */
  find(hash: string, now: number): HeldApiKey | undefined {
    const kept = this.#kept.get(hash);
    return kept && now < kept.until ? kept.held : undefined;
  }

  keep(hash: string, held: HeldApiKey, now: number): void {
    this.#kept.delete(hash);
    // Its row may have been read before it went.
    if (this.#revoked.has(held.id, now)) return;
    const oldest = this.#kept.size >= MOST ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(hash, { held, until: now + KEPT_MS });
  }

  /** The key with this id is revoked, by a request to this isolate, at `now`. */
  forget(keyId: string, now: number): void {
    this.#revoked.add(keyId, now + REVOKED_MS);
    for (const [hash, { held }] of this.#kept) if (held.id === keyId) this.#kept.delete(hash);
  }
}
