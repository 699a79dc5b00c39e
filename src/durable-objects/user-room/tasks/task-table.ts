import * as z from "zod";
import { bytesOf } from "../../../engine/user/mailbox-rules";
import { searchForm } from "../../../history/search-form";
import { searchTerms } from "../../../history/search-terms";
import { refText } from "../../../protocol/refs";
import { type Task, task as taskSchema } from "../../../protocol/task";
import { readJson } from "../../stored-json";
import { GoneTable } from "./gone-table";
import { InviterTable } from "./inviter-table";
import { ENTRY_BYTES } from "./list-bounds";
import { isLater, type Version } from "./version";

const storedRows = z.array(
  z.object({
    entry: z.string(),
    epoch: z.string(),
    seq: z.int(),
    inviter: z.string(),
    bytes: z.int(),
    body: z.string(),
  }),
);
const entryRows = z.tuple([z.object({ entry: z.string() })]);

export type Listed = {
  task: Task;
  /** As of which `seq` of its room. */
  seq: number;
  /** Who made the task, empty where the user did. */
  inviter: string;
  /** Its place where it has one elsewhere already. */
  entry?: string;
};

/** The user's tasks, as their rooms have said they are: what is older than what is known changes nothing. */
export class TaskTable {
  readonly #sql: SqlStorage;
  readonly #gone: GoneTable;
  readonly #inviters: InviterTable;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.#gone = new GoneTable(sql);
    this.#inviters = new InviterTable(sql);
  }

  get(taskId: string): (Version & { task: Task; inviter: string }) | undefined {
    const row = this.#row(taskId);
    return row && { ...row, task: readJson(taskSchema, row.body) };
  }

  /** Whether this is news: then the list has it. */
  put(listed: Listed): boolean {
    const { task, seq } = listed;
    const old = this.#row(task.id);
    const known = old ?? this.#gone.get(task.id);
    if (known && !isLater({ epoch: task.epoch, seq }, known)) return false;
    if (old) this.#change(old, listed);
    else this.#add(listed);
    this.#bound(old?.inviter ?? listed.inviter);
    return true;
  }

  /** The task is gone for this user as of a `seq`; nothing where it is here by a later one. */
  remove(taskId: string, version: Version): boolean {
    const old = this.#row(taskId);
    const known = old ?? this.#gone.get(taskId);
    if (known && !isLater(version, known)) return false;
    this.#gone.put(taskId, version);
    if (old) this.#drop(old);
    return true;
  }

  /** The task is gone for everybody: also by a room that was put back to before what is known of it. */
  end(taskId: string, version: Version): void {
    const old = this.#row(taskId);
    const seq = old?.epoch === version.epoch ? Math.max(version.seq, old.seq + 1) : version.seq;
    this.remove(taskId, { ...version, seq });
  }

  /** As of when the task is gone for this user; nothing where it is here, or nobody remembers. */
  goneAt(taskId: string): Version | undefined {
    return this.#gone.get(taskId);
  }

  #row(taskId: string) {
    const query = `SELECT CAST(entry AS TEXT) AS entry, epoch, seq, inviter, bytes, body
      FROM tasks WHERE task_id = ?`;
    return storedRows.parse(this.#sql.exec(query, taskId).toArray())[0];
  }

  #change(old: StoredRow, { task, seq }: Listed): void {
    const columns = columnsOf(task);
    const query = `UPDATE tasks SET epoch = ?, seq = ?, status = ?, is_waiting = ?, is_ephemeral = ?,
      key = ?, team = ?, labels = ?, title_folded = ?, bytes = ?, body = ? WHERE entry = CAST(? AS INTEGER)`;
    this.#sql.exec(query, task.epoch, seq, ...columns.values, old.entry);
    this.#inviters.count(old.inviter, { entries: 0, bytes: columns.bytes - old.bytes });
    const terms = searchTerms("", task);
    if (terms === searchTerms("", readJson(taskSchema, old.body))) return;
    this.#unindex(old.entry);
    this.#index(old.entry, terms);
  }

  #add(listed: Listed): void {
    const { task, seq, inviter } = listed;
    const entry = this.#place(listed);
    const columns = columnsOf(task);
    const query = `INSERT INTO tasks (entry, task_id, inviter, epoch, seq, status, is_waiting,
      is_ephemeral, key, team, labels, title_folded, bytes, body)
      VALUES (CAST(? AS INTEGER), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
    this.#sql.exec(query, entry, task.id, inviter, task.epoch, seq, ...columns.values);
    this.#index(entry, searchTerms("", task));
    this.#gone.forget(task.id);
    this.#inviters.count(inviter, { entries: 1, bytes: columns.bytes });
  }

  /** The oldest go where others' tasks are past their bounds. */
  #bound(inviter: string): void {
    for (;;) {
      const taskId = this.#inviters.oldestPastBounds(inviter);
      const oldest = taskId === undefined ? undefined : this.#row(taskId);
      if (!oldest) return;
      this.#drop(oldest);
    }
  }

  /** Where the task stands in the list: at its time, and at its own place where that is free. */
  #place({ task, entry }: Listed): string {
    const taken = "SELECT 1 FROM tasks WHERE entry = CAST(? AS INTEGER)";
    if (entry !== undefined && this.#sql.exec(taken, entry).toArray().length === 0) return entry;
    const query = `SELECT CAST(coalesce(max(entry) + 1, ?1 << 20) AS TEXT) AS entry FROM tasks
      WHERE entry >= ?1 << 20 AND entry < (?1 + 1) << 20`;
    const [free] = entryRows.parse(this.#sql.exec(query, Date.parse(task.createdAt)).toArray());
    return free.entry;
  }

  #drop({ entry, inviter, bytes }: StoredRow): void {
    this.#unindex(entry);
    this.#sql.exec("DELETE FROM tasks WHERE entry = CAST(? AS INTEGER)", entry);
    this.#inviters.count(inviter, { entries: -1, bytes: -bytes });
  }

  #index(entry: string, terms: string): void {
    const query = "INSERT INTO task_search (rowid, terms) VALUES (CAST(? AS INTEGER), ?)";
    this.#sql.exec(query, entry, terms);
  }

  #unindex(entry: string): void {
    this.#sql.exec("DELETE FROM task_search WHERE rowid = CAST(? AS INTEGER)", entry);
  }
}

type StoredRow = z.infer<typeof storedRows>[number];

function columnsOf(task: Task) {
  const kept = bytesOf(task) > ENTRY_BYTES ? { ...task, metadata: {} } : task;
  const body = JSON.stringify(kept);
  const bytes = bytesOf(kept);
  const values = [
    task.status,
    task.waitingFor === undefined ? 0 : 1,
    task.ephemeral ? 1 : 0,
    task.key ?? null,
    refText(task.teamRef),
    JSON.stringify(task.labels),
    searchForm(task.title),
    bytes,
    body,
  ];
  return { values, bytes };
}
