import { type SQL, sql } from "drizzle-orm";
import { fitting, jsonBytes } from "../protocol/bytes";
import type { Role } from "../protocol/identity";
import type { Message } from "../protocol/message";
import type { Task } from "../protocol/task";
import { jsonSet, writeBatch } from "./database";
import { guardedInsert, portions } from "./guarded-insert";
import { messageRow, taskRow } from "./rows";
import { deletedTasks, messages, taskMembers, tasks } from "./schema";
import { freeEntry } from "./task-entries";

/** A task as of `throughSeq`, and the messages that came or went since the last projection. */
export type Projection = {
  task: Task;
  members: { userId: string; role: Role }[];
  /** Absent means true; with false `members` is not read and the stored ones stay. */
  membersChanged?: boolean;
  throughSeq: number;
  messages: Message[];
  removedMessageIds: string[];
  /** What took the place of which messages, those among `messages` too; the first to do so stays. */
  superseded?: { by: string; messageIds: string[] }[];
  /** Messages with these `seq`s that are not among `messages` go. */
  only?: { fromSeq: number; throughSeq: number };
  /** Milliseconds since 1970 of the room's next deadline. */
  wakeAt: number | null;
};

/** Messages of one batch: with the rest of it fewer than the fifty statements that a free plan gives. */
const BATCH_MESSAGES = 250;
/** Bytes of the messages of one batch, as JSON. */
const BATCH_BYTES = 2 * 1024 * 1024;

/**
 * Writes a projection in one batch; one with very many messages, or very long ones, in several. One
 * that is older than what is stored, and any of an erased task, changes nothing; the same again changes
 * nothing either. Gives whether it was neither. Throws what D1 throws; `isRetryable` says whether to try
 * again.
 */
export async function project(db: D1Database, projection: Projection): Promise<boolean> {
  const [first = [], ...others] = batchesOf(projection.messages);
  const [task] = await writeBatch(db, [
    taskWrite(projection),
    ...memberWrites(projection),
    ...removal(projection),
    ...messageWrites(projection, first),
    ...supersession(projection),
  ]);
  for (const batch of others) await writeBatch(db, messageWrites(projection, batch));
  return (task?.meta.changes ?? 0) > 0;
}

function batchesOf(all: Message[]): Message[][] {
  const sizes = all.map(jsonBytes);
  const batches: Message[][] = [];
  for (let from = 0; from < all.length; ) {
    const count = fitting(sizes.slice(from, from + BATCH_MESSAGES), BATCH_BYTES);
    batches.push(all.slice(from, from + count));
    from += count;
  }
  return batches;
}

function taskWrite({ task, throughSeq, wakeAt }: Projection): SQL {
  return guardedInsert({
    table: tasks,
    rows: [taskRow(task, { throughSeq, wakeAt })],
    guard: sql`NOT EXISTS (SELECT 1 FROM ${deletedTasks} WHERE id = ${task.id})`,
    key: tasks.id,
    // Another epoch is another log, whose numbers start again.
    replaceWhere: sql`${tasks.epoch} <> excluded.epoch
      OR ${tasks.projectedSeq} <= excluded.projected_seq`,
  });
}

/** Holds when the batch's first statement has written: neither outdated nor of an erased task. */
function isCurrent({ task, throughSeq }: Projection): SQL {
  return sql`EXISTS (SELECT 1 FROM ${tasks} WHERE ${tasks.id} = ${task.id}
    AND ${tasks.epoch} = ${task.epoch} AND ${tasks.projectedSeq} = ${throughSeq})`;
}
const IS_CURRENT_PARAMETERS = 3;

function memberWrites(projection: Projection): SQL[] {
  const { task, members, membersChanged = true } = projection;
  const current = isCurrent(projection);
  if (!membersChanged) {
    return [
      sql`UPDATE ${taskMembers} SET status = ${task.status}
        WHERE ${taskMembers.taskId} = ${task.id} AND ${taskMembers.status} <> ${task.status}
        AND ${current}`,
    ];
  }
  return [
    sql`DELETE FROM ${taskMembers} WHERE ${taskMembers.taskId} = ${task.id}
      AND ${taskMembers.userId} NOT IN ${jsonSet(members.map(({ userId }) => userId))}
      AND ${current}`,
    sql`INSERT INTO ${taskMembers} (entry, task_id, user_id, role, status)
      SELECT ${freeEntry(Date.parse(task.createdAt))} + key,
        ${task.id}, value ->> '$.userId', value ->> '$.role', ${task.status}
      FROM json_each(${JSON.stringify(members)}) WHERE ${current}
      ON CONFLICT (task_id, user_id) DO UPDATE SET role = excluded.role, status = excluded.status
      WHERE ${taskMembers.role} <> excluded.role OR ${taskMembers.status} <> excluded.status`,
  ];
}

function removal(projection: Projection): SQL[] {
  const { task, removedMessageIds, messages: kept, only } = projection;
  const others = only && [
    sql`DELETE FROM ${messages} WHERE ${messages.taskId} = ${task.id}
      AND ${messages.seq} BETWEEN ${only.fromSeq} AND ${only.throughSeq}
      AND ${messages.id} NOT IN ${jsonSet(kept.map(({ id }) => id))} AND ${isCurrent(projection)}`,
  ];
  if (removedMessageIds.length === 0) return others ?? [];
  return [
    ...(others ?? []),
    sql`DELETE FROM ${messages} WHERE ${messages.taskId} = ${task.id}
      AND ${messages.id} IN ${jsonSet(removedMessageIds)} AND ${isCurrent(projection)}`,
  ];
}

/** Messages that are there already, from an earlier telling; others are written with what superseded them. */
function supersession(projection: Projection): SQL[] {
  const { task, superseded = [] } = projection;
  if (superseded.length === 0) return [];
  return [
    sql`UPDATE ${messages} SET superseded_by = gone.by
      FROM (SELECT ids.value AS id, one.value ->> '$.by' AS by
        FROM json_each(${JSON.stringify(superseded)}) AS one,
          json_each(one.value, '$.messageIds') AS ids) AS gone
      WHERE ${messages.id} = gone.id AND ${messages.taskId} = ${task.id}
      AND ${messages.supersededBy} IS NULL AND ${isCurrent(projection)}`,
  ];
}

function messageWrites(projection: Projection, batch: Message[]): SQL[] {
  const guard = isCurrent(projection);
  // Stored rows of the same id are replaced by newer ones of the same task only.
  const replaceWhere = sql`${messages.taskId} = excluded.task_id
    AND ${messages.seq} < excluded.seq`;
  return portions(messages, batch.map(messageRow), IS_CURRENT_PARAMETERS).map((rows) =>
    guardedInsert({ table: messages, rows, guard, key: messages.id, replaceWhere }),
  );
}
