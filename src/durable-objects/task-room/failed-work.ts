import * as z from "zod";
import { describeError, logError } from "../../platform/platform-log";
import { unharmed } from "./unharmed";

/** What a room does by itself; each kind waits for itself alone. */
export type Work =
  | "recover"
  | "begin"
  | "deadlines"
  | "ends"
  | "outbox"
  | "clean-up"
  | "expiry"
  | "erasure"
  | "copying";

type Parts = {
  storage: Pick<DurableObjectStorage, "kv">;
  /** Milliseconds since 1970. */
  now(): number;
  /** In [0, 1), for jitter. */
  random(): number;
  taskId(): string | undefined;
  /** Asks for the alarm to be set anew. */
  rearm(): void;
};

const KEY = "failed work";
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

const stored = z.record(z.string(), z.object({ failures: z.int(), retryAt: z.number() }));

/** Milliseconds to wait after so many failures: twice as long each time, half of it by chance. */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return Math.round(full * (0.5 + random / 2));
}

/**
 * Work that threw waits, longer each time. The waits are stored, so that a new instance keeps them;
 * where the storage cannot be written either, memory holds them.
 */
export class FailedWork {
  readonly #parts: Parts;
  readonly #failed: Map<string, { failures: number; retryAt: number }>;

  constructor(parts: Parts) {
    this.#parts = parts;
    const known = stored.safeParse(parts.storage.kv.get(KEY));
    this.#failed = new Map(Object.entries(known.data ?? {}));
  }

  /** Until when a kind of work waits; milliseconds since 1970. Nothing where it may be done now. */
  waitsUntil(work: Work): number | undefined {
    const retryAt = this.#failed.get(work)?.retryAt;
    const left = (retryAt ?? 0) - this.#parts.now();
    // Further ahead than any wait is: the clock has gone back since.
    return left > 0 && left <= LONGEST_WAIT_MS ? retryAt : undefined;
  }

  /** Does work, unless it waits; where it throws, it waits from now on. */
  attempt(work: Work, act: () => void): void {
    if (this.waitsUntil(work) !== undefined) return;
    try {
      act();
    } catch (error) {
      this.failed(work, error);
      return;
    }
    this.succeeded(work);
  }

  failed(work: Work, error: unknown): void {
    const { now, random, rearm, taskId } = this.#parts;
    const failures = (this.#failed.get(work)?.failures ?? 0) + 1;
    const retryInMs = backoffMs(failures, random());
    logError("work_failed", { taskId: taskId(), work, retryInMs, causes: describeError(error) });
    this.#failed.set(work, { failures, retryAt: now() + retryInMs });
    this.#store();
    rearm();
  }

  succeeded(work: Work): void {
    if (this.#failed.delete(work)) this.#store();
  }

  #store(): void {
    const { storage, taskId } = this.#parts;
    unharmed("wait_not_stored", taskId(), () => {
      if (this.#failed.size === 0) storage.kv.delete(KEY);
      else storage.kv.put(KEY, Object.fromEntries(this.#failed));
    });
  }
}
