import type { LogEvent } from "../../../protocol/events";
import type { UsageItem } from "../../../protocol/rooms/metering";

export type UserUsage = { userId: string; items: UsageItem[] };

/**
 * What the committed `events` cost whom: a turn when it is first put into the queue (one
 * made of guidance, when it begins), its tokens when it closes. `userOf` gives who asked for a turn; one that is no longer known costs nobody.
 */
export function usageOf(
  events: LogEvent[],
  userOf: (turnId: string) => string | undefined,
): UserUsage[] {
  const byUser = new Map<string, UsageItem[]>();
  for (const event of events) {
    if (event.type !== "turn:status") continue;
    const { turns = event.data.previous === null ? 1 : 0 } = event.data;
    const tokens = event.data.tokens ?? 0;
    const userId = turns + tokens > 0 ? userOf(event.data.turnId) : undefined;
    if (userId === undefined) continue;
    const item = { seq: event.seq, day: event.ts.slice(0, 10), turns, tokens };
    byUser.set(userId, [...(byUser.get(userId) ?? []), item]);
  }
  return [...byUser].map(([userId, items]) => ({ userId, items }));
}
