import { getTableColumns, type InferInsertModel } from "drizzle-orm";
import { type Message, message } from "../protocol/message";
import { type Task, task } from "../protocol/task";
import { tasks } from "./schema";
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
export function readMessage(row: Row): Message {
  return message.parse(present(row));
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
