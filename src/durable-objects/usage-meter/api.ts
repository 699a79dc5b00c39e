import { proxyDurable } from "itty-durable";
import * as z from "zod";
import { inTime } from "../../platform/in-time";
import { inJurisdiction } from "../../platform/jurisdiction";
import type { Refusal } from "../../protocol/errors";
import {
  type TurnRequest,
  turnVerdict,
  type UsageCount,
  type UsageReport,
  usageCount,
} from "../../protocol/rooms/metering";

/** Milliseconds for which a meter may be silent before the call counts as failed. */
const PATIENCE_MS = 10_000;
/** Arguments travel in a header, which is bounded. */
const ITEMS_PER_CALL = 50;

const done = z.object({});
const used = z.object({ today: usageCount, month: usageCount });

/** A user's meter. Every call rejects where the meter cannot be reached. */
export type Meter = {
  count(report: UsageReport): Promise<void>;
  /** Why the user may not have one more turn now; `null` where they may. */
  admit(request: TurnRequest): Promise<Refusal | null>;
  release(taskId: string): Promise<void>;
  read(now: number): Promise<{ today: UsageCount; month: UsageCount }>;
};

export function meterOf(env: Env, userId: string): Meter {
  const meters = inJurisdiction(env, env.USAGE_METER);
  // By id: a name would travel in a header, which takes no more than ASCII.
  const id = meters.idFromName(userId);
  const call = <T>(method: string, argument: unknown, answer: z.ZodType<T>): Promise<T> =>
    inTime(PATIENCE_MS, async () => {
      const meter = proxyDurable(meters, { parse: true }).get(id);
      return answer.parse(await meter[method](argument));
    });
  return {
    async count({ items, ...task }) {
      for (let from = 0; from < items.length; from += ITEMS_PER_CALL) {
        await call("count", { ...task, items: items.slice(from, from + ITEMS_PER_CALL) }, done);
      }
    },
    admit: async (request) => (await call("admit", request, turnVerdict)).refusal,
    release: async (taskId) => void (await call("release", taskId, done)),
    read: (now) => call("read", now, used),
  };
}
