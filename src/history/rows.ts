import { getTableColumns, type InferInsertModel } from "drizzle-orm";
import * as z from "zod";
import { type Message, message } from "../protocol/message";
import { type Task, task } from "../protocol/task";
import { fold } from "./fold";
import { tasks } from "./schema";

/** SQLite has NULL where the contract leaves a member out. */
const presentColumns = z
  .record(z.string(), z.unknown())
  .transform((row) => Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null)));

const taskOfRow = presentColumns
  .transform(({ teamNamespace, teamName, ...row }) => ({
    ...row,
    teamRef: { namespace: teamNamespace, name: teamName },
  }))
  .pipe(task);
const messageOfRow = presentColumns.pipe(message);

/** What `readTask` needs. */
const { titleFolded, projectedSeq, wakeAt, ...taskColumns } = getTableColumns(tasks);

export { taskColumns };

/** A stored row as the contract's task; throws a ZodError where it is none. */
export function readTask(row: unknown): Task {
  return taskOfRow.parse(row);
}

/** A stored row as the contract's message; throws a ZodError where it is none. */
export function readMessage(row: unknown): Message {
  return messageOfRow.parse(row);
}

type Projected = { throughSeq: number; wakeAt: number | null };

export function taskRow(task: Task, projected: Projected): InferInsertModel<typeof tasks> {
  const { teamRef, role: _ofTheCaller, ...stored } = task;
  return {
    ...stored,
    titleFolded: fold(task.title),
    teamNamespace: teamRef.namespace,
    teamName: teamRef.name,
    projectedSeq: projected.throughSeq,
    wakeAt: projected.wakeAt,
  };
}
