import { CLOSE_RETRY } from "../../../engine/session/rules";
import { retryDelay } from "../../../engine/step/backoff";
import { describeError, logError } from "../../../platform/platform-log";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { PAUSE_MS } from "../deadlines";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import { type Errand, KEY_ROW } from "./errand-table";

/** Milliseconds for which a settled revocation is remembered: nothing is under way for so long. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** Revocations of one user that are remembered; a user has 50 keys at a time. */
const MOST = 1000;
/** Errands that are tried at once. */
const AT_ONCE = 50;

const UNKNOWN = refuse("not_found", "There is no such API key.");
const TOO_MANY = refuse("rate_limited", "Too many revocations are under way.", {
  retryAfterMs: 60_000,
});
const STILL_THERE = refuse(
  "unavailable",
  "The key opens nothing any more; its row could not be removed yet and will be.",
);

type Parts = Surroundings & {
  /** Removes the row by which the key is found; whether there was one. Rejects where that failed. */
  dropKey: (userId: string, keyId: string) => Promise<boolean>;
  /** Closes what came with the key to this very room. */
  closeOwn: (keyId: string) => void;
};

/**
 * Revocation is a fact of this room: it is written down first, and every opening asks here. The rest
 * follows: the key's row, and its sockets in the rooms of tasks. What fails of it is tried again.
 */
export class Revocations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Said again, it goes on with what an earlier one could not finish. */
  async revoke(userId: string, keyId: string): Promise<Outcome<null>> {
    const { now, deadlines, fault, hold, closeOwn } = this.#parts;
    // The alarm before the fact: whatever dies from here on, the work goes on.
    await deadlines.atLatest(now() + CLOSE_RETRY.initialMs);
    fault("before revoking");
    const errands = this.#note(userId, keyId);
    if (!errands) return refused(TOO_MANY);
    closeOwn(keyId);
    fault("key revoked");
    const rooms = errands.filter(({ place }) => place !== KEY_ROW);
    hold(Promise.all(rooms.map((errand) => this.#try(errand))).then(() => this.#rearm()));
    const [row] = errands.filter(({ place }) => place === KEY_ROW);
    const wasThere = row && (await this.#try(row));
    if (wasThere === undefined) return refused(STILL_THERE);
    return wasThere ? accepted(null) : refused(UNKNOWN);
  }

  async ring(): Promise<void> {
    const tables = Tables.find(this.#parts.storage);
    if (!tables) return;
    const now = this.#parts.now();
    try {
      tables.revokedKeys.prune(now - KEPT_MS, MOST);
      await Promise.all(tables.errands.due(now, AT_ONCE).map((errand) => this.#try(errand)));
    } finally {
      await this.#rearm();
    }
  }

  /** What is to be done about the key; nothing where too much is under way already. */
  #note(userId: string, keyId: string): Errand[] | undefined {
    const { storage, now } = this.#parts;
    return storage.transactionSync(() => {
      const tables = Tables.make(storage);
      if (tables.revokedKeys.count() >= MOST) tables.revokedKeys.prune(now() - KEPT_MS, MOST - 1);
      if (tables.revokedKeys.count() >= MOST) return undefined;
      tables.revokedKeys.add(keyId, userId, now());
      const retryAt = now() + CLOSE_RETRY.initialMs;
      for (const place of [KEY_ROW, ...tables.connections.tasksOfKey(keyId)]) {
        tables.errands.put({ keyId, place, failures: 0, retryAt });
      }
      return tables.errands.of(keyId);
    });
  }

  /** Whether there was something to be done; nothing where it failed and will be tried again. */
  async #try(errand: Errand): Promise<boolean | undefined> {
    const { storage, fault } = this.#parts;
    let done: boolean;
    try {
      done = await this.#run(errand);
    } catch (error) {
      this.#putOff(errand, error);
      return undefined;
    }
    Tables.find(storage)?.errands.remove(errand);
    fault(errand.place === KEY_ROW ? "key dropped" : "room told of a key");
    return done;
  }

  async #run({ keyId, place }: Errand): Promise<boolean> {
    const { storage, rooms, dropKey } = this.#parts;
    if (place !== KEY_ROW) return rooms.closeKey(place, keyId).then(() => true);
    const userId = Tables.find(storage)?.revokedKeys.userOf(keyId);
    return userId !== undefined && dropKey(userId, keyId);
  }

  #putOff(errand: Errand, error: unknown): void {
    const { storage, now, random } = this.#parts;
    const { keyId, place } = errand;
    const failures = errand.failures + 1;
    logError("revocation_failed", {
      keyId,
      ...(place !== KEY_ROW && { taskId: place }),
      causes: describeError(error),
    });
    const retryAt = now() + retryDelay(CLOSE_RETRY, failures, random());
    Tables.find(storage)?.errands.put({ ...errand, failures, retryAt });
  }

  async #rearm(): Promise<void> {
    const { storage, now, deadlines } = this.#parts;
    const tables = Tables.find(storage);
    const next = tables?.errands.next() ?? undefined;
    if (next !== undefined) await deadlines.atLatest(Math.max(next, now() + PAUSE_MS));
    const oldest = tables?.revokedKeys.oldest() ?? undefined;
    if (oldest !== undefined)
      await deadlines.atLatest(Math.max(oldest + KEPT_MS, now() + PAUSE_MS));
  }
}
