import * as z from "zod";
import type { Token } from "../../../engine/session/tokens";

const tokens = z.array(
  z
    .object({
      hash: z.string(),
      parent: z.string().nullable(),
      connection_id: z.string().nullable(),
    })
    .transform(
      ({ hash, parent, connection_id }): Token => ({ hash, parent, connectionId: connection_id }),
    ),
);
const owner = z.object({ session_id: z.string() });

/** Hashes of the recovery tokens that can still be presented, and of expired sessions' last ones. */
export class TokenTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** The id of the session that a token opens. */
  sessionOf(hash: string): string | null {
    const query = "SELECT session_id FROM recovery_tokens WHERE hash = ?";
    const [stored] = this.#sql.exec(query, hash).toArray();
    return stored ? owner.parse(stored).session_id : null;
  }

  /** Oldest first. */
  of(sessionId: string): Token[] {
    const query = `SELECT hash, parent, connection_id FROM recovery_tokens
      WHERE session_id = ? ORDER BY position`;
    return tokens.parse(this.#sql.exec(query, sessionId).toArray());
  }

  add(sessionId: string, { hash, parent, connectionId }: Token): void {
    const query = `INSERT INTO recovery_tokens (session_id, hash, parent, connection_id)
      VALUES (?, ?, ?, ?)`;
    this.#sql.exec(query, sessionId, hash, parent, connectionId);
  }

  remove(hashes: readonly string[]): void {
    for (const hash of hashes) this.#sql.exec("DELETE FROM recovery_tokens WHERE hash = ?", hash);
  }

  removeAll(sessionId: string): void {
    this.#sql.exec("DELETE FROM recovery_tokens WHERE session_id = ?", sessionId);
  }
}
