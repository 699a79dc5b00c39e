import * as z from "zod";
import type { Message } from "../../../protocol/message";
import type { TaskNews } from "../api";
import type { TextPlace, TextTable } from "./text-table";

const shelfRows = z.array(
  z.object({
    shelf: z.int(),
    task_id: z.string(),
    epoch: z.string(),
    through: z.int(),
    head: z.int(),
    before: z.string(),
    is_whole: z.literal([0, 1]),
    withdrawals: z.int(),
    failures: z.int(),
    inviter: z.string(),
    task_epoch: z.string(),
    task_seq: z.int(),
  }),
);
const goneRows = z.array(z.object({ shelf: z.int() }));
const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);
type Row = z.infer<typeof shelfRows>[number];

const SHELVES = `SELECT shelf, shelves.task_id AS task_id, shelves.epoch AS epoch, through, head, before,
  is_whole, withdrawals, failures, inviter, tasks.epoch AS task_epoch, tasks.seq AS task_seq
  FROM shelves JOIN tasks ON tasks.task_id = shelves.task_id`;

/** A task whose messages are to be asked for, from where on, and what must be as it was once they come. */
export type Unread = {
  taskId: string;
  shelf: number;
  /** The cursor of the next page; empty at the newest. */
  before: string;
  withdrawals: number;
  failures: number;
};

/**
 * What is there to be searched of each task in the list: all that its room has told from the task's
 * beginning on, or all that it was asked for, page by page, and has told since then.
 */
export class ShelfTable {
  readonly #sql: SqlStorage;
  readonly #texts: TextTable;

  constructor(sql: SqlStorage, texts: TextTable) {
    this.#sql = sql;
    this.#texts = texts;
  }

  /** What a room tells of its messages. The same again changes nothing; where some is missing it is asked. */
  hear({ taskId, epoch, said, entry }: TaskNews): void {
    const row = this.#get(taskId) ?? (said && this.#anew(taskId));
    if (!row) return;
    if (!said) {
      // A room of the last release, which says that something happened, and not what was said.
      if (entry) this.restart(row.shelf);
      return;
    }
    const isSame = row.epoch === epoch || row.epoch === "";
    const follows = isSame && said.after <= Math.max(row.through, row.head);
    const shelf = follows || isFresh(row) ? row.shelf : this.#renew(row);
    this.#texts.withdraw(shelf, said.gone);
    for (const text of said.texts) this.#texts.put({ shelf, inviter: row.inviter }, text);
    const isWhole = follows && (row.is_whole === 1 || (said.after === 0 && row.before === ""));
    const query = `UPDATE shelves SET epoch = ?, through = max(through, ?), is_whole = ?,
      withdrawals = withdrawals + ? WHERE shelf = ?`;
    this.#sql.exec(query, epoch, said.through, isWhole ? 1 : 0, said.gone.length, shelf);
  }

  /** Tasks whose messages may be asked for now; of those that never failed the newest. */
  unread(now: number, limit: number): Unread[] {
    const query = `${SHELVES} WHERE is_whole = 0 AND shelves.task_id IS NOT NULL AND retry_at <= ?
      ORDER BY retry_at, shelf DESC LIMIT ?`;
    const rows = shelfRows.parse(this.#sql.exec(query, now, limit).toArray());
    return rows.map(({ task_id: taskId, shelf, before, withdrawals, failures }) => {
      return { taskId, shelf, before, withdrawals, failures };
    });
  }

  /** When the next of them may be asked for; milliseconds since 1970. */
  unreadAt(): number | undefined {
    const query = `SELECT min(retry_at) AS at FROM shelves
      WHERE is_whole = 0 AND task_id IS NOT NULL`;
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at ?? undefined;
  }

  /** All that the room has said before now will be in its pages. */
  begin(taskId: string): void {
    const query = `UPDATE shelves SET epoch = tasks.epoch, head = tasks.seq FROM tasks
      WHERE shelves.task_id = ? AND tasks.task_id = shelves.task_id`;
    this.#sql.exec(query, taskId);
  }

  /**
   * Writes a page that was asked for: the next begins at its cursor, none where that is null. Nothing where
   * the room has withdrawn something meanwhile, which may be in the page: it is asked for again.
   */
  fill(asked: Unread, messages: readonly Message[], next: string | null): void {
    const row = this.#get(asked.taskId);
    if (row?.shelf !== asked.shelf || row.withdrawals !== asked.withdrawals) return;
    if (row.before !== asked.before) return;
    const place: TextPlace = { shelf: row.shelf, inviter: row.inviter };
    for (const message of messages) {
      const isThere = message.supersededBy === undefined && message.content !== "";
      if (isThere) this.#texts.put(place, message);
    }
    const isWhole = next === null;
    const query = `UPDATE shelves SET before = ?, is_whole = ?, failures = 0, retry_at = 0,
      through = iif(?, max(through, head), through) WHERE shelf = ?`;
    this.#sql.exec(query, next ?? "", isWhole ? 1 : 0, isWhole ? 1 : 0, row.shelf);
  }

  /** Asks for all of it, from the newest on. */
  restart(shelf: number): void {
    const query = "UPDATE shelves SET is_whole = 0, before = '', head = 0 WHERE shelf = ?";
    this.#sql.exec(query, shelf);
  }

  fail(shelf: number, failures: number, retryAt: number): void {
    const query = "UPDATE shelves SET failures = ?, retry_at = ? WHERE shelf = ?";
    this.#sql.exec(query, failures, retryAt, shelf);
  }

  /** There is nothing to be had of this task. */
  leave(shelf: number): void {
    this.#sql.exec("UPDATE shelves SET task_id = NULL WHERE shelf = ?", shelf);
  }

  hasGone(): boolean {
    return this.#gone() !== undefined;
  }

  /** Lets go of up to `limit` texts of tasks that are gone; whether those were all. */
  clear(limit: number): boolean {
    const shelf = this.#gone();
    if (shelf === undefined) return true;
    if (!this.#texts.clear(shelf, limit)) return false;
    this.#sql.exec("DELETE FROM shelves WHERE shelf = ?", shelf);
    return !this.hasGone();
  }

  #gone(): number | undefined {
    const query = "SELECT shelf FROM shelves WHERE task_id IS NULL LIMIT 1";
    return goneRows.parse(this.#sql.exec(query).toArray())[0]?.shelf;
  }

  #get(taskId: string): Row | undefined {
    const query = `${SHELVES} WHERE shelves.task_id = ?`;
    return shelfRows.parse(this.#sql.exec(query, taskId).toArray())[0];
  }

  /** A task that its room said the user was out of may be in the list still, and the user in it again. */
  #anew(taskId: string): Row | undefined {
    const query = `INSERT OR IGNORE INTO shelves (task_id)
      SELECT task_id FROM tasks WHERE task_id = ? AND is_ephemeral = 0`;
    this.#sql.exec(query, taskId);
    return this.#get(taskId);
  }

  /** Another shelf for the task: what the old one has may have been withdrawn since. */
  #renew({ shelf, task_id: taskId }: Row): number {
    this.leave(shelf);
    const query = "INSERT INTO shelves (task_id) VALUES (?) RETURNING shelf";
    const [made] = goneRows.parse(this.#sql.exec(query, taskId).toArray());
    return made?.shelf ?? shelf;
  }
}

function isFresh({ through, before }: Row): boolean {
  return through === 0 && before === "";
}
