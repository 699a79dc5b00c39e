import * as z from "zod";
import type { Connection } from "../../../engine/session/session";

const connections = z.array(
  z
    .object({ id: z.string(), opened_at: z.int() })
    .transform(({ id, opened_at }): Connection => ({ id, openedAt: opened_at })),
);
const tasks = z.array(z.object({ task_id: z.string() }));
const counts = z.array(z.object({ session_id: z.string(), connections: z.int() }));

/** The connections that the tasks' rooms have been granted and have not reported closed. */
export class ConnectionTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  of(sessionId: string): Connection[] {
    const query = "SELECT id, opened_at FROM connections WHERE session_id = ?";
    return connections.parse(this.#sql.exec(query, sessionId).toArray());
  }

  /** Connections per live session that has any. */
  counts(): Map<string, number> {
    const query = `SELECT session_id, count(*) AS connections FROM connections
      JOIN sessions ON sessions.id = session_id WHERE state = 'live' GROUP BY session_id`;
    const rows = counts.parse(this.#sql.exec(query).toArray());
    return new Map(rows.map(({ session_id, connections }) => [session_id, connections]));
  }

  /** The same connection again, as after a lost answer, counts once. */
  add(sessionId: string, { id, openedAt }: Connection, keyId: string | undefined): void {
    const query = `INSERT OR REPLACE INTO connections (id, session_id, opened_at, key_id)
      VALUES (?, ?, ?, ?)`;
    this.#sql.exec(query, id, sessionId, openedAt, keyId ?? "");
  }

  /** Tasks in whose rooms the user has connections. */
  tasks(): string[] {
    const query =
      "SELECT DISTINCT task_id FROM connections JOIN sessions ON sessions.id = session_id";
    return tasks.parse(this.#sql.exec(query).toArray()).map(({ task_id }) => task_id);
  }

  /** Tasks in whose rooms there may be connections that came with this API key. */
  tasksOfKey(keyId: string): string[] {
    const query = `SELECT DISTINCT task_id FROM connections JOIN sessions ON sessions.id = session_id
      WHERE key_id = ? OR key_id IS NULL`;
    return tasks.parse(this.#sql.exec(query, keyId).toArray()).map(({ task_id }) => task_id);
  }

  /** Whether there was such a connection. */
  remove(sessionId: string, id: string): boolean {
    const query = "DELETE FROM connections WHERE id = ? AND session_id = ? RETURNING id";
    return this.#sql.exec(query, id, sessionId).toArray().length > 0;
  }

  removeAll(sessionId: string): void {
    this.#sql.exec("DELETE FROM connections WHERE session_id = ?", sessionId);
  }
}
