import { retryDelay } from "../../engine/step/backoff";
import { describeError, logError } from "../../platform/platform-log";
import type { RetryRule } from "../../resources/specs";
import { PAUSE_MS } from "./deadlines";
import type { Surroundings } from "./surroundings";
import { Tables } from "./tables";

/** The rests of a part that fails time after time. */
const REST: RetryRule = {
  maxAttempts: Number.POSITIVE_INFINITY,
  initialMs: 10_000,
  factor: 2,
  maxMs: 60 * 60 * 1000,
  jitter: true,
};

type Around = Pick<Surroundings, "storage" | "now" | "random" | "deadlines" | "metrics">;

/** Does what is due of its own and sees to the next alarm. */
export type AlarmPart = () => Promise<void>;

/** The alarm's parts: none waits for another, and one that fails rests before it is tried again. */
export class AlarmParts {
  readonly #around: Around;
  readonly #parts: [string, AlarmPart][];

  constructor(around: Around, parts: Record<string, AlarmPart>) {
    this.#around = around;
    this.#parts = Object.entries(parts);
  }

  async ring(info?: AlarmInvocationInfo): Promise<void> {
    if (info) this.#countLateness(info);
    const rung = await Promise.allSettled(this.#parts.map(([name, part]) => this.#one(name, part)));
    const failed = rung.find((outcome) => outcome.status === "rejected");
    // The failure itself could not be written down: the platform tries the alarm again.
    if (failed) throw failed.reason;
  }

  /** A repeated alarm is late by its own doing. */
  #countLateness({ isRetry, scheduledTime }: AlarmInvocationInfo): void {
    if (isRetry) return;
    const value = Math.max(0, Date.now() - scheduledTime) / 1000;
    const labels = { room: "user" } as const;
    this.#around.metrics.delay({ metric: "taskroom_alarm_lateness_seconds", labels, value });
  }

  async #one(name: string, part: AlarmPart): Promise<void> {
    const { storage, now, deadlines } = this.#around;
    const rest = Tables.find(storage)?.rests.of(name);
    if (rest && rest.until > now()) return deadlines.atLatest(rest.until);
    try {
      await part();
      if (rest) Tables.find(storage)?.rests.end(name);
    } catch (error) {
      logError("user_alarm_failed", { part: name, causes: describeError(error) });
      await this.#rest(name, (rest?.failures ?? 0) + 1);
    }
  }

  async #rest(name: string, failures: number): Promise<void> {
    const { storage, now, random, deadlines } = this.#around;
    const until = now() + Math.max(PAUSE_MS, retryDelay(REST, failures, random()));
    Tables.find(storage)?.rests.put(name, { failures, until });
    await deadlines.atLatest(until);
  }
}
