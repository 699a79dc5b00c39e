import * as z from "zod";
import type { Connection } from "../../../engine/session/session";

const connections = z.array(
  z
    .object({ id: z.string(), opened_at: z.int() })
    .transform(({ id, opened_at }): Connection => ({ id, openedAt: opened_at })),
);
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
  add(sessionId: string, { id, openedAt }: Connection): void {
    const query = "INSERT OR REPLACE INTO connections (id, session_id, opened_at) VALUES (?, ?, ?)";
    this.#sql.exec(query, id, sessionId, openedAt);
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
