import { erasedAt } from "../../../engine/task/ephemeral";
import { deadlines } from "../../../engine/turn/deadlines";
import type { Room } from "../../../engine/turn/room";
import type { Projection } from "../../../history/projector";
import type { MessagesSuperseded } from "../../../protocol/events/messages-superseded";
import type { Message } from "../../../protocol/message";
import { finishedMessage } from "../store/message-table";
import type { Stretch } from "./backlog";

/** What D1 is told of a stretch of the log: the task as it is now, and the messages that came or went. */
export function projectionOf(
  room: Room,
  { events, through }: Pick<Stretch, "events" | "through">,
): Projection {
  const { task } = room.state;
  const messages = new Map<string, Message>();
  const removed: string[] = [];
  const superseded: MessagesSuperseded[] = [];
  for (const event of events) {
    if (event.type === "chat:start" && event.data.attempt > 1) {
      messages.delete(event.data.messageId);
      removed.push(event.data.messageId);
    }
    const message = finishedMessage(event);
    if (message) messages.set(message.id, message);
    if (event.type === "messages:superseded") superseded.push(event.data);
  }
  const wakeAt = Math.min(
    ...deadlines(room).map(({ at }) => at),
    erasedAt(room) ?? Number.POSITIVE_INFINITY,
  );
  return {
    task,
    members: Object.entries(room.members).map(([userId, role]) => ({ userId, role })),
    throughSeq: through,
    messages: marked(messages, firstOf(superseded)),
    removedMessageIds: removed,
    superseded: firstOf(superseded),
    wakeAt: Number.isFinite(wakeAt) ? wakeAt : null,
  };
}

/** Each message once, with what was first to take its place. */
export function firstOf(all: readonly MessagesSuperseded[]): MessagesSuperseded[] {
  const known = new Set<string>();
  return all.flatMap(({ messageIds, by }) => {
    const fresh = messageIds.filter((id) => !known.has(id));
    for (const id of fresh) known.add(id);
    return fresh.length > 0 ? [{ messageIds: fresh, by }] : [];
  });
}

function marked(messages: Map<string, Message>, superseded: MessagesSuperseded[]): Message[] {
  for (const { messageIds, by } of superseded) {
    for (const id of messageIds) {
      const message = messages.get(id);
      if (message) messages.set(id, { ...message, supersededBy: by });
    }
  }
  return [...messages.values()];
}
