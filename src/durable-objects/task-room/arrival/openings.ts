/**
 * Upgrades that wait for the user's room. A key or session that is revoked meanwhile has no socket
 * yet that could be closed, so the revocation is noted for the upgrade itself. Kept in memory alone:
 * an upgrade dies with its object.
 */
export class Openings {
  /** What was revoked while a connection was being opened, by the connection's id. */
  readonly #revoked = new Map<string, Set<string>>();

  /** Connections that may be granted by the user's room and are not in this one yet. */
  get connectionIds(): string[] {
    return [...this.#revoked.keys()];
  }

  /** Before the user's room is asked. */
  begin(connectionId: string): void {
    this.#revoked.set(connectionId, new Set());
  }

  /** A key or session is revoked, also for those who are on their way in. */
  revoke(id: string): void {
    for (const ids of this.#revoked.values()) ids.add(id);
  }

  /** After the user's room has answered: whether one of these was revoked in the meantime. */
  end(connectionId: string, ids: readonly (string | undefined)[]): boolean {
    const revoked = this.#revoked.get(connectionId);
    this.#revoked.delete(connectionId);
    return ids.some((id) => id !== undefined && revoked?.has(id) === true);
  }
}
