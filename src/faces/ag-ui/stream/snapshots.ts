import type { AgUiEvent, AnyMessage } from "../event";
import { isPartOf, readCallId } from "../shown/ids";
import type { Shown } from "../shown/shown";

type Snapshot = Extract<AgUiEvent, { type: "MESSAGES_SNAPSHOT" }>;

/** What a client has beside the turn that it is told of. */
export type Around = {
  /** The thread's messages but the turn's own; the turn's are among them where the client sent them. */
  messages: readonly AnyMessage[];
  /** The client's own messages with results, by the call: they stand for ours. */
  results: ReadonlyMap<string, string>;
  /** What is told of them beside the snapshot. */
  asides?: readonly AgUiEvent[];
};

/** All that a client is to show: the turn's messages in their order, where the client has the first of them. */
export function merged({ messages, results }: Around, shown: Shown): AnyMessage[] {
  const own = ownMessages(shown, results);
  const ids = new Set(own.map(({ id }) => id));
  const calls = new Set(shown.entries.flatMap(({ message }) => callsOf(message)));
  const others = messages.filter((message) => !ids.has(message.id) && !isVoid(message));
  const stay = new Set(others);
  const first = messages.findIndex((message) => !stay.has(message));
  const before = first < 0 ? others.length : first;
  return others.toSpliced(before, 0, ...own);

  /** A part of the turn that is not there any more. */
  function isVoid({ id, toolCallId }: AnyMessage): boolean {
    const call = typeof toolCallId === "string" ? readCallId(toolCallId) : undefined;
    if (call && shown.speakers.has(call.messageId)) return !calls.has(String(toolCallId));
    return [...shown.speakers].some((speaker) => isPartOf(id, speaker));
  }
}

function ownMessages(shown: Shown, results: ReadonlyMap<string, string>): AnyMessage[] {
  return shown.entries.map(({ message }) =>
    message.role === "tool"
      ? { ...message, id: results.get(message.toolCallId) ?? message.id }
      : { ...message },
  );
}

function callsOf(message: Shown["entries"][number]["message"]): string[] {
  return message.role === "assistant" ? (message.toolCalls ?? []).map(({ id }) => id) : [];
}

/**
 * A client keeps its reasoning where a snapshot has none at all: what of it is void is then told as empty.
 * `gone`: the ids of such reasoning.
 */
export function snapshotOf(
  messages: readonly AnyMessage[],
  gone: readonly string[] = [],
): Snapshot {
  const empty = messages.some(isReasoning) ? [] : gone.map(emptyReasoning);
  return { type: "MESSAGES_SNAPSHOT", messages: [...messages, ...empty] };
}

/**
 * The same for a client that has other messages. It changes those that it has in their places and puts new
 * ones last: where that is not their order, its own are taken away first.
 */
export function snapshotsFor(
  has: readonly AnyMessage[],
  wanted: readonly AnyMessage[],
): Snapshot[] {
  const ids = wanted.map(({ id }) => id);
  const voided = has.filter((message) => isReasoning(message) && !ids.includes(message.id));
  const whole = snapshotOf(
    wanted,
    voided.map(({ id }) => id),
  );
  const isInOrder = shownIds(has, wanted).every((id, i) => id === ids[i]);
  return isInOrder ? [whole] : [snapshotOf([emptyReasoning("cleared")]), whole];
}

/** Whether one of these shows a part of what a turn has said, or had. */
export function showsPart(messages: readonly AnyMessage[], { speakers }: Shown): boolean {
  return messages.some(({ id }) => [...speakers].some((speaker) => isPartOf(id, speaker)));
}

function shownIds(has: readonly AnyMessage[], wanted: readonly AnyMessage[]): string[] {
  const ids = new Set(wanted.map(({ id }) => id));
  const stay = has.filter(({ id }) => ids.has(id)).map(({ id }) => id);
  const there = new Set(stay);
  return [...stay, ...[...ids].filter((id) => !there.has(id))];
}

function isReasoning({ role }: AnyMessage): boolean {
  return role === "reasoning";
}

function emptyReasoning(id: string): AnyMessage {
  return { id, role: "reasoning", content: "" };
}
