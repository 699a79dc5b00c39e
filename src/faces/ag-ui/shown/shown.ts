import type { Call, ItemOf, Stays, TurnItem } from "../../turn-view/item";
import type { AgUiCall, AgUiMessage } from "../event";
import { callId, resultId, textId, thinkingId } from "./ids";

type Own = Exclude<AgUiMessage, { role: "user" | "system" }>;
/** A message of the client's, the round that it shows, and where in the turn's message its words begin. */
export type Entry = { messageId: string; round: number; message: Own; offset?: number };

/** What a client shows of one turn: a function of the items so far, and of nothing else. */
export type Shown = {
  turnId: string;
  entries: readonly Entry[];
  /** All who have spoken. */
  speakers: ReadonlySet<string>;
  /** Of those, the messages that are kept. */
  kept: ReadonlySet<string>;
};

export function nothingShown(turnId: string): Shown {
  return { turnId, entries: [], speakers: new Set(), kept: new Set() };
}

export function shownAfter(shown: Shown, item: TurnItem): Shown {
  switch (item.type) {
    case "attempt":
      return begun(shown, item);
    case "text":
    case "thinking":
      return spoken(shown, item);
    case "round":
      return asked(shown, item);
    case "result":
      return answered(shown, item);
    case "message":
      return { ...shown, kept: new Set(shown.kept).add(item.message.id) };
    case "retrying":
      return item.stays ? keptBy(shown, item.stays) : shown;
    case "ended":
      return only(shown, ({ messageId }) => shown.kept.has(messageId));
    default:
      return shown;
  }
}

function only(shown: Shown, stays: (entry: Entry) => boolean): Shown {
  const entries = shown.entries.filter(stays);
  return entries.length === shown.entries.length ? shown : { ...shown, entries };
}

/** What is left of a message where an attempt ends or another begins: what was not committed is void. */
function keptBy(shown: Shown, stays: Stays): Shown {
  const entries = shown.entries.flatMap((entry): Entry[] => {
    const { messageId, round, message, offset } = entry;
    if (messageId !== stays.messageId || round < stays.keptRounds) return [entry];
    if (message.role === "tool" || offset === undefined) return [];
    const kept = message.role === "reasoning" ? stays.keptThinking : stays.kept;
    const { content = "" } = message;
    if (offset + content.length <= kept) return [entry];
    const left = content.slice(0, Math.max(0, kept - offset));
    return left === "" ? [] : [{ ...entry, message: { ...message, content: left } }];
  });
  return isAlike(entries, shown.entries) ? shown : { ...shown, entries };
}

function isAlike(some: readonly Entry[], others: readonly Entry[]): boolean {
  return some.length === others.length && some.every((entry, i) => entry === others[i]);
}

function begun(shown: Shown, item: ItemOf<"attempt">): Shown {
  const { messageId } = item;
  const kept = new Set(shown.kept);
  kept.delete(messageId);
  const speakers = new Set(shown.speakers).add(messageId);
  return { ...keptBy(shown, item), speakers, kept };
}

type Words = ItemOf<"text" | "thinking">;

/** The words that an item adds to which message; nothing where they are only the gap between two rounds. */
export function addedBy(shown: Shown, item: Words): { id: string; delta: string } | undefined {
  const id = item.type === "text" ? textId(item) : thinkingId(item);
  const isFirst = !shown.entries.some(({ message }) => message.id === id);
  const delta = isFirst && item.offset > 0 ? item.delta.replace(/^\n\n/, "") : item.delta;
  return delta === "" ? undefined : { id, delta };
}

function spoken(shown: Shown, item: Words): Shown {
  const added = addedBy(shown, item);
  if (!added) return shown;
  const role = item.type === "text" ? "assistant" : "reasoning";
  const { messageId, round } = item;
  const place = { messageId, round, offset: item.offset + item.delta.length - added.delta.length };
  return withEntry(shown, place, { id: added.id, role, content: "" }, (message) =>
    message.role === "tool"
      ? message
      : { ...message, content: `${message.content ?? ""}${added.delta}` },
  );
}

function asked(shown: Shown, item: ItemOf<"round">): Shown {
  const calls = item.calls.map((call) => callOf(shown.turnId, item, call));
  const message: Own = { id: textId(item), role: "assistant" };
  const { messageId, round } = item;
  const next = withEntry(shown, { messageId, round }, message, (own) =>
    own.role === "assistant" ? { ...own, toolCalls: calls } : own,
  );
  return calls.length > 0 ? next : shown;
}

export function callOf(
  turnId: string,
  { messageId, round }: { messageId: string; round: number },
  call: Call,
): AgUiCall {
  const isText = call.cut === true && typeof call.input === "string";
  const input = isText ? String(call.input) : JSON.stringify(call.input);
  const id = callId(turnId, { messageId, round, call });
  return { id, type: "function", function: { name: call.name, arguments: input } };
}

/** Where the client puts a result: behind the message that asked for it, and behind others of it. */
function answered(shown: Shown, item: ItemOf<"result">): Shown {
  const message = resultOf(shown.turnId, item);
  const { entries } = shown;
  if (entries.some(({ message: { id } }) => id === message.id)) return shown;
  const owner = entries.findIndex(({ message: { id } }) => id === textId(item));
  let at = owner < 0 ? entries.length : owner + 1;
  while (entries[at]?.message.role === "tool") at++;
  const { messageId, round } = item;
  return { ...shown, entries: entries.toSpliced(at, 0, { messageId, round, message }) };
}

export function resultOf(turnId: string, item: ItemOf<"result">): Extract<Own, { role: "tool" }> {
  const { output, error } = item.outcome;
  const content = error ?? (typeof output === "string" ? output : JSON.stringify(output ?? null));
  return { id: resultId(item), role: "tool", toolCallId: callId(turnId, item), content };
}

function withEntry(
  shown: Shown,
  place: Omit<Entry, "message">,
  first: Own,
  change: (message: Own) => Own,
): Shown {
  const at = shown.entries.findIndex(({ message }) => message.id === first.id);
  const there = shown.entries[at] ?? { ...place, message: first };
  const entry = { ...there, message: change(there.message) };
  return {
    ...shown,
    entries: shown.entries.toSpliced(at < 0 ? shown.entries.length : at, 1, entry),
  };
}
