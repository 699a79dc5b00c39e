import * as z from "zod";
import type { KeptSession } from "../../../engine/session/session";

const kept = {
  id: z.string(),
  user_id: z.string(),
  task_id: z.string(),
  created_at: z.int(),
  last_active_at: z.int(),
  failures: z.int(),
  retry_at: z.int().nullable(),
};
const row = z.discriminatedUnion("state", [
  z.object({ ...kept, state: z.literal("live") }),
  z.object({
    ...kept,
    state: z.enum(["expired", "revoked"]),
    ended_at: z.int(),
    closing: z.literal([0, 1]),
  }),
]);

const idRows = z.array(z.object({ id: z.string() }));

function fromRow(stored: unknown): KeptSession {
  const { user_id, task_id, created_at, last_active_at, retry_at, ...rest } = row.parse(stored);
  const renamed = {
    userId: user_id,
    taskId: task_id,
    createdAt: created_at,
    lastActiveAt: last_active_at,
    retryAt: retry_at,
  };
  if (rest.state === "live") return { ...rest, ...renamed };
  const { ended_at, closing, ...ended } = rest;
  return { ...ended, ...renamed, endedAt: ended_at, closing: closing === 1 };
}

/** The user's sessions, live and recently ended. */
export class SessionTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  get(id: string): KeptSession | null {
    const [stored] = this.#sql.exec("SELECT * FROM sessions WHERE id = ?", id).toArray();
    return stored ? fromRow(stored) : null;
  }

  ids(): string[] {
    const stored = idRows.parse(this.#sql.exec("SELECT id FROM sessions").toArray());
    return stored.map(({ id }) => id);
  }

  all(): KeptSession[] {
    return this.#sql.exec("SELECT * FROM sessions").toArray().map(fromRow);
  }

  ofTask(taskId: string): KeptSession[] {
    const query = "SELECT * FROM sessions WHERE task_id = ?";
    return this.#sql.exec(query, taskId).toArray().map(fromRow);
  }

  /** Without those that can't be read: one bad row must not stop the alarm for all others. */
  readable(): KeptSession[] {
    return this.ids().flatMap((id) => {
      try {
        return this.get(id) ?? [];
      } catch {
        return [];
      }
    });
  }

  /** Newest first (ids sort by time); revoked ones are gone for callers. */
  page(userId: string, limit: number, before: string | undefined): KeptSession[] {
    return this.#sql
      .exec(
        `SELECT * FROM sessions WHERE user_id = ? AND state <> 'revoked' AND (? IS NULL OR id < ?)
         ORDER BY id DESC LIMIT ?`,
        userId,
        before ?? null,
        before ?? null,
        limit,
      )
      .toArray()
      .map(fromRow);
  }

  save(session: KeptSession): void {
    const ended = session.state === "live" ? null : session;
    this.#sql.exec(
      `INSERT OR REPLACE INTO sessions (id, user_id, task_id, state, created_at, last_active_at,
         ended_at, closing, failures, retry_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      session.id,
      session.userId,
      session.taskId,
      session.state,
      session.createdAt,
      session.lastActiveAt,
      ended?.endedAt ?? null,
      ended?.closing ? 1 : 0,
      session.failures,
      session.retryAt,
    );
  }

  /** Without reading the row: it may be the row that is at fault. */
  rest(id: string, until: number): void {
    this.#sql.exec("UPDATE sessions SET retry_at = ? WHERE id = ?", until, id);
  }

  remove(id: string): void {
    this.#sql.exec("DELETE FROM sessions WHERE id = ?", id);
  }
}
