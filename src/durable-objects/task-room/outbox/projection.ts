import { erasedAt } from "../../../engine/task/ephemeral";
import { deadlines } from "../../../engine/turn/deadlines";
import type { Room } from "../../../engine/turn/room";
import type { Projection } from "../../../history/projector";
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
  const superseded: string[] = [];
  for (const event of events) {
    if (event.type === "chat:start" && event.data.attempt > 1) {
      messages.delete(event.data.messageId);
      superseded.push(event.data.messageId);
    }
    const message = finishedMessage(event);
    if (message) messages.set(message.id, message);
  }
  const wakeAt = Math.min(
    ...deadlines(room).map(({ at }) => at),
    erasedAt(room) ?? Number.POSITIVE_INFINITY,
  );
  return {
    task,
    members: Object.entries(room.members).map(([userId, role]) => ({ userId, role })),
    throughSeq: through,
    messages: [...messages.values()],
    removedMessageIds: superseded,
    wakeAt: Number.isFinite(wakeAt) ? wakeAt : null,
  };
}
