import { env } from "cloudflare:workers";
import { type Projection, project } from "../../../src/history/projector";
import { newId } from "../../../src/protocol/ids";
import type { Message } from "../../../src/protocol/message";
import type { Task } from "../../../src/protocol/task";
import { toTimestamp } from "../../../src/protocol/time";

export const START = Date.UTC(2026, 10, 1);

export function aTask(over: Partial<Task> = {}, createdMs = START): Task {
  return {
    id: newId("task", createdMs),
    title: "A task",
    teamRef: { namespace: "system", name: "assistant" },
    status: "PENDING",
    labels: {},
    metadata: {},
    createdBy: "alice",
    createdAt: toTimestamp(createdMs),
    updatedAt: toTimestamp(createdMs),
    headSeq: 1,
    epoch: "e1",
    ...over,
  };
}

export function aMessage(taskId: string, seq: number, over: Partial<Message> = {}): Message {
  return {
    id: newId("msg", START + seq),
    seq,
    taskId,
    turnId: newId("turn", START),
    threadId: "main",
    role: "user",
    content: `message ${seq}`,
    status: "complete",
    createdAt: toTimestamp(START + seq),
    metadata: {},
    ...over,
  };
}

/** A projection of a task of alice's at its `headSeq`. */
export function aProjection(task: Task, over: Partial<Projection> = {}): Projection {
  return {
    task,
    members: [{ userId: "alice", role: "owner" }],
    throughSeq: task.headSeq,
    messages: [],
    removedMessageIds: [],
    wakeAt: null,
    ...over,
  };
}

export async function stored(task: Task, over: Partial<Projection> = {}): Promise<Task> {
  await project(env.DB, aProjection(task, over));
  return task;
}

const TABLES = ["tasks", "task_members", "messages"];

/** Every row of the projection, to compare states of the database as a whole. */
export async function everything(): Promise<unknown[]> {
  const results = await env.DB.batch(
    TABLES.map((table) => env.DB.prepare(`SELECT * FROM ${table} ORDER BY 1, 2, 3`)),
  );
  return results.map(({ results: rows }) => rows);
}

export async function clear(): Promise<void> {
  const all = [...TABLES, "deleted_tasks", "idempotency_keys"];
  await env.DB.batch(all.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}
