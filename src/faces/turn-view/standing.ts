import type { ItemOf, TurnItem } from "./item";

/**
 * Of what has happened so far, what still stands, in its order: each message has one attempt, its last,
 * with what that kept of those before it; waits that are over are left out.
 */
export function standing(items: readonly TurnItem[]): TurnItem[] {
  let stands: TurnItem[] = [];
  for (const item of items) {
    if (item.type === "attempt") stands = withAttempt(stands, item);
    else if (item.type === "working") stands = [...stands.filter(isNoWait), item];
    else stands.push(item);
  }
  return stands;
}

function isNoWait({ type }: TurnItem): boolean {
  return type !== "queued" && type !== "retrying" && type !== "waiting" && type !== "working";
}

function withAttempt(before: TurnItem[], next: ItemOf<"attempt">): TurnItem[] {
  const { messageId, attempt } = next;
  const items = before.filter(({ type }) => type !== "retrying" && type !== "waiting");
  const isKnown = items.some((item) => item.type === "attempt" && item.messageId === messageId);
  if (!isKnown) return [...items, next];
  return items.flatMap((item): TurnItem[] => {
    if (item.type === "message") return item.message.id === messageId ? [] : [item];
    if (!("messageId" in item) || item.messageId !== messageId) return [item];
    if (item.type === "attempt") {
      return [{ ...next, kept: 0, keptThinking: 0, keptRounds: 0, seq: item.seq }];
    }
    const kept = keptOf(item, next);
    return kept ? [{ ...kept, attempt }] : [];
  });
}

type OfMessage = Exclude<Extract<TurnItem, { messageId: string }>, { type: "attempt" }>;

function keptOf(item: OfMessage, next: ItemOf<"attempt">): OfMessage | undefined {
  if (item.type !== "text" && item.type !== "thinking") {
    return item.round < next.keptRounds ? item : undefined;
  }
  const most = (item.type === "text" ? next.kept : next.keptThinking) - item.offset;
  return most > 0 ? { ...item, delta: item.delta.slice(0, most) } : undefined;
}
