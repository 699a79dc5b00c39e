import { newId } from "../../src/protocol/ids";
import type { Message } from "../../src/protocol/message";
import { toTimestamp } from "../../src/protocol/time";

/** Past any number that the room's own log comes to in a test. */
const FIRST_SEQ = 1_000_000;
const BODIES = [
  "A short word.",
  "## A heading\n\nSome *words*, a `name` and [a link](https://example.com).\n\n- one\n- two\n- three",
  "```ts\nconst answer = 42;\n```\n\nAnd a paragraph that is long enough to need a second line in most windows, so that heights differ.",
];

/** A conversation of people and bots, oldest first. */
export function pastMessages(count: number): Message[] {
  const from = Date.now() - count * 1000;
  const taskId = newId("task", from);
  return Array.from({ length: count }, (_, i) => ({
    id: newId("msg", from + i),
    seq: FIRST_SEQ + i,
    taskId,
    turnId: newId("turn", from + i),
    threadId: "main",
    role: i % 2 === 0 ? "user" : "assistant",
    content: `Message ${i + 1} of ${count}. ${BODIES[i % BODIES.length]}`,
    ...(i % 2 === 0 ? { author: { userId: "alice" } } : { bot: "system/assistant" }),
    status: "complete",
    createdAt: toTimestamp(from + i * 1000),
    metadata: {},
  }));
}
