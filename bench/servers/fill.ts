import type { Message } from "../../src/protocol/message";

/** As many of the newest messages as a room keeps beside D1 after its clean-up. */
const KEPT = 1000;
const BATCH = 500;

/** Makes a task look as if it had been talked in for long: the older messages are in D1 alone. */
export function fillRoom(sql: SqlStorage, taskId: string, messages: number): void {
  const from = Math.max(1, messages - KEPT + 1);
  for (let seq = from; seq <= messages; seq++) {
    const message = messageAt(taskId, seq);
    sql.exec(
      "INSERT INTO messages (seq, id, thread_id, role, body) VALUES (?, ?, 'main', ?, ?)",
      ...[seq, message.id, message.role, JSON.stringify(message)],
    );
  }
  sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES ('messages', ?)", from);
}

export async function fillD1(db: D1Database, taskId: string, messages: number): Promise<void> {
  const insert = db.prepare(
    `INSERT INTO messages (id, task_id, seq, turn_id, thread_id, role, content, status, created_at,
      metadata) VALUES (?, ?, ?, ?, 'main', ?, ?, 'complete', ?, '{}')`,
  );
  for (let from = 1; from <= messages; from += BATCH) {
    const count = Math.min(BATCH, messages - from + 1);
    const some = Array.from({ length: count }, (_, i) => messageAt(taskId, from + i));
    await db.batch(
      some.map(({ id, seq, turnId, role, content, createdAt }) =>
        insert.bind(id, taskId, seq, turnId, role, content, createdAt),
      ),
    );
  }
}

/** The same for every server. */
export function messageAt(taskId: string, seq: number): Message {
  return {
    id: idAt("msg", taskId, seq),
    seq,
    taskId,
    turnId: idAt("turn", taskId, seq >> 1),
    threadId: "main",
    role: seq % 2 === 1 ? "user" : "assistant",
    content: `Message ${seq}: ${"some words that somebody wrote. ".repeat(4)}`,
    status: "complete",
    createdAt: new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString(),
    metadata: {},
  };
}

/** 26 characters of an id's alphabet: ten of the task's, sixteen of the number. */
function idAt(prefix: string, taskId: string, number: number): string {
  return `${prefix}_${taskId.slice(-10)}${String(number).padStart(16, "0")}`;
}
