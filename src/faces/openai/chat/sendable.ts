import type { TurnItem } from "../../turn-view/item";
import { standing } from "../../turn-view/standing";

/**
 * A turn's view without what is void when it goes live: words that are sent can't be taken back. Those of
 * other attempts are, and where the turn was tried again, those of messages that were broken off.
 */
export async function* sendable(
  items: AsyncGenerator<TurnItem, void>,
): AsyncGenerator<TurnItem, void> {
  let before: TurnItem[] | undefined = [];
  for await (const item of items) {
    before?.push(item);
    if (!before) yield item;
    else if (item.type === "live" || item.type === "ended") {
      yield* standing(withoutBrokenOff(before));
      before = undefined;
    }
  }
}

function withoutBrokenOff(items: TurnItem[]): TurnItem[] {
  const again = items.findLastIndex(({ type }) => type === "queued");
  const earlier = items.slice(0, Math.max(0, again));
  const broken = new Set(
    earlier.flatMap((item) =>
      item.type === "message" && item.message.status !== "complete" ? [item.message.id] : [],
    ),
  );
  const stands = earlier.filter((item) => !broken.has(messageOf(item) ?? ""));
  return [...stands, ...items.slice(earlier.length)];
}

function messageOf(item: TurnItem): string | undefined {
  if (item.type === "message") return item.message.id;
  return "messageId" in item ? item.messageId : undefined;
}
