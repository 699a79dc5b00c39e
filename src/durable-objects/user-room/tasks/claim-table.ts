import * as z from "zod";
import { LIMITS } from "../../../protocol/limits";

const LIFETIME_MS = LIMITS.idempotencyHours * 60 * 60 * 1000;
/** Rows that one claim lets go of at most: the rest goes with later ones. */
const PRUNED = 100;

/** A task's key, or an `Idempotency-Key` of its creation. */
export const claimKind = z.enum(["key", "once"]);
/** What the claim's request is answered: that a task was made, that it was there, or that it is erased. */
const claimAnswer = z.enum(["made", "there", "erased"]);

const rows = z.array(
  z.object({
    kind: claimKind,
    name: z.string(),
    task_id: z.string(),
    body_hash: z.string().nullable(),
    answer: claimAnswer,
    is_made: z.literal([0, 1]),
    expires_at: z.int().nullable(),
  }),
);

export type Claim = {
  kind: z.infer<typeof claimKind>;
  name: string;
  taskId: string;
  /** Of the body that an `Idempotency-Key` came with. */
  bodyHash?: string | undefined;
  answer: z.infer<typeof claimAnswer>;
  /** Whether the task has been made; until then whoever comes with the claim makes it. */
  isMade: boolean;
};

/**
 * Which task a name stands for. A claim names its task before there is one, so that whoever comes again
 * goes on with the same task. A made task's key lasts as long as the task, all else for a day.
 */
export class ClaimTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(kind: Claim["kind"], name: string, now: number): Claim | undefined {
    const query = `SELECT kind, name, task_id, body_hash, answer, is_made, expires_at FROM claims
      WHERE kind = ? AND name = ? AND (expires_at IS NULL OR expires_at > ?)`;
    const [row] = rows.parse(this.#sql.exec(query, kind, name, now).toArray());
    if (!row) return undefined;
    const hash = row.body_hash === null ? {} : { bodyHash: row.body_hash };
    const { task_id: taskId, answer } = row;
    return { kind, name, taskId, ...hash, answer, isMade: row.is_made === 1 };
  }

  put(claim: Claim, now: number): void {
    const { kind, name, taskId, bodyHash = null, answer, isMade } = claim;
    const expiresAt = kind === "key" && isMade ? null : now + LIFETIME_MS;
    this.#prune(now);
    const query = `INSERT OR REPLACE INTO claims
      (kind, name, task_id, body_hash, answer, is_made, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)`;
    this.#sql.exec(query, kind, name, taskId, bodyHash, answer, isMade ? 1 : 0, expiresAt);
  }

  /** The task is there: its claims stand. Tells whether that was not known. */
  make(taskId: string): boolean {
    const query = `UPDATE claims SET is_made = 1, expires_at = iif(kind = 'key', NULL, expires_at)
      WHERE task_id = ? AND is_made = 0`;
    return this.#sql.exec(query, taskId).rowsWritten > 0;
  }

  /** The task will not be made: its key is free. An `Idempotency-Key` goes on with the same body. */
  release(taskId: string): void {
    const query = "DELETE FROM claims WHERE task_id = ? AND kind = 'key' AND is_made = 0";
    this.#sql.exec(query, taskId);
  }

  /** Nothing stands for this task. */
  drop(taskId: string): void {
    this.#sql.exec("DELETE FROM claims WHERE task_id = ?", taskId);
  }

  /** The task is gone: its key is free, and a repeat of its creation does not bring it back. */
  forgetTask(taskId: string): void {
    this.#sql.exec("DELETE FROM claims WHERE task_id = ? AND kind = 'key'", taskId);
    this.#sql.exec("UPDATE claims SET answer = 'erased' WHERE task_id = ?", taskId);
  }

  #prune(now: number): void {
    const query = `DELETE FROM claims WHERE (kind, name) IN (
      SELECT kind, name FROM claims WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`;
    this.#sql.exec(query, now, PRUNED);
  }
}
