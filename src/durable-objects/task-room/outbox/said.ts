import type { LogEvent } from "../../../protocol/events";
import type { Said, SaidText } from "../../user-room/api";
import { finishedMessage } from "../store/message-table";
import type { Stretch } from "./backlog";

/** What a stretch says of messages, as members' homes search them: the last that it says of each. */
export function saidIn({ after, events, through }: Stretch): Said {
  const texts = new Map<string, SaidText>();
  const gone = new Set<string>();
  for (const event of events) {
    for (const id of withdrawnBy(event)) {
      texts.delete(id);
      gone.add(id);
    }
    const message = finishedMessage(event);
    if (!message || message.content === "") continue;
    const { id, seq, threadId, role, createdAt, content } = message;
    texts.set(id, { id, seq, threadId, role, createdAt, content });
  }
  return { after, through, gone: [...gone], texts: [...texts.values()] };
}

/** Messages that something else takes the place of from here on. */
function withdrawnBy(event: LogEvent): string[] {
  if (event.type === "messages:superseded") return event.data.messageIds;
  const isAnew = event.type === "chat:start" && event.data.attempt > 1;
  return isAnew ? [event.data.messageId] : [];
}
