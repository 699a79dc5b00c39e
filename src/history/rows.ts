import { getTableColumns, type InferInsertModel } from "drizzle-orm";
import * as z from "zod";
import { type Message, message } from "../protocol/message";
import { type Task, task } from "../protocol/task";
import { type messages, tasks } from "./schema";
import { searchForm } from "./search-form";

type Row = Record<string, unknown>;

/** SQLite has NULL where the contract leaves a member out. */
function present(row: Row): Row {
  const cells: Row = {};
  for (const name in row) if (row[name] !== null) cells[name] = row[name];
  return cells;
}

/** What `readTask` needs. */
const { titleFolded, projectedSeq, wakeAt, ...taskColumns } = getTableColumns(tasks);

export { taskColumns };

/** A stored row as the contract's task; throws a ZodError where it is none. */
export function readTask({ teamNamespace, teamName, ...row }: Row): Task {
  return task.parse({ ...present(row), teamRef: { namespace: teamNamespace, name: teamName } });
}

/** A stored row as the contract's message; throws a ZodError where it is none. */
export function readMessage({ extra, ...row }: Row): Message {
  return message.parse({ ...present(row), ...messageExtra.parse(extra ?? {}) });
}

/** What of a message lies in one column. */
const messageExtra = z.object({
  attachments: message.shape.attachments,
  replaces: message.shape.replaces,
  forkedFrom: message.shape.forkedFrom,
  note: message.shape.note,
});

export function messageRow(message: Message): InferInsertModel<typeof messages> {
  const { attachments, replaces, forkedFrom, note, ...columns } = message;
  const extra = { attachments, replaces, forkedFrom, note };
  const isBare = Object.values(extra).every((value) => value === undefined);
  return { ...columns, ...(!isBare && { extra }) };
}

type Projected = { throughSeq: number; wakeAt: number | null };

export function taskRow(task: Task, projected: Projected): InferInsertModel<typeof tasks> {
  const { teamRef, role: _ofTheCaller, ...stored } = task;
  return {
    ...stored,
    titleFolded: searchForm(task.title),
    teamNamespace: teamRef.namespace,
    teamName: teamRef.name,
    projectedSeq: projected.throughSeq,
    wakeAt: projected.wakeAt,
  };
}
