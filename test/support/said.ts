import type { Message, Turn } from "../../src/client";

/** A user's message, of a turn of its own, unless it is said otherwise. */
export function said(id: string, over: Partial<Message> = {}): Message {
  return {
    ...{
      id,
      seq: Number(id.slice(1)),
      taskId: "task_1",
      turnId: `turn_of_${id}`,
      threadId: "main",
    },
    ...{ role: "user", content: id, status: "complete", createdAt: "", metadata: {} },
    ...over,
  };
}

export function answered(id: string, turnId: string, over: Partial<Message> = {}): Message {
  return said(id, { role: "assistant", turnId, ...over });
}

export function turnOf(messageId: string, id: string, over: Partial<Turn> = {}): Turn {
  return {
    ...{
      id,
      taskId: "task_1",
      threadId: "main",
      messageId,
      status: "COMPLETED",
      onBusy: "enqueue",
    },
    ...{ createdAt: "", steps: [], metadata: {} },
    ...over,
  };
}
