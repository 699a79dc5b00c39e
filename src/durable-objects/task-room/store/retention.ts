import * as z from "zod";
import { LIMITS } from "../../../protocol/limits";

const timeRows = z.tuple([z.object({ at: z.int().nullable() })]);
const seqRows = z.array(z.object({ seq: z.int() }));

const HOUR_MS = 60 * 60 * 1000;
/** Messages that stand and that a room keeps beside D1: recent pages and a model's context need no D1. */
export const KEPT_MESSAGES = 1000;
/** The same of those that were superseded, which few ask for. */
const KEPT_SUPERSEDED = 500;

/** What a room holds from some `seq` on: the messages that stand, and those that were superseded. */
type Kept = "messages" | "superseded";

/** What a clean-up may take: everything older than the retention that everybody has been told. */
export type CleanUp = {
  now: number;
  retentionMs: number;
  /** The last `seq` that D1 and the users' rooms have been told. */
  projected: number;
  /** Open turns go on from the rounds that the log has from here on. */
  neededFrom?: number | undefined;
};

/**
 * Lets go of what is old (requirement U8): details of finished turns, their events, answers to
 * repeated requests, and messages that D1 has. The newest event always stays: it holds the count.
 */
export class Retention {
  readonly #sql: SqlStorage;
  #oldest: number | null | undefined;
  readonly #from = new Map<Kept, number>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Milliseconds since 1970 of the oldest thing that a clean-up will take some day. */
  oldest(): number | null {
    // Most rooms have none, which is known too.
    if (this.#oldest === undefined) this.#oldest = this.#findOldest();
    return this.#oldest;
  }

  /** A turn has closed: from now on there is something to clean up. */
  noteClosed(now: number): void {
    this.#oldest = this.#oldest === undefined ? undefined : (this.#oldest ?? now);
  }

  /**
   * Messages before this `seq` may be in D1 alone; 0 where the room holds all of them. Those that were
   * superseded, and so all together, may be so sooner.
   */
  messagesFrom({ superseded = false } = {}): number {
    const standing = this.#keptFrom("messages");
    return superseded ? Math.max(standing, this.#keptFrom("superseded")) : standing;
  }

  /** The room holds all that stand from this `seq` on: it began with it, or has read older messages back. */
  putMessagesFrom(seq: number): void {
    this.#putFrom("superseded", this.messagesFrom({ superseded: true }));
    this.#putFrom("messages", seq);
    // The transaction may come to nothing.
    this.#from.clear();
  }

  cleanUp({ now, retentionMs, projected, neededFrom = projected + 1 }: CleanUp): void {
    const before = now - retentionMs;
    this.#sql.exec("DELETE FROM turns WHERE closed_at IS NOT NULL AND closed_at <= ?", before);
    for (const table of ["results", "tool_values", "rounds", "parts"]) {
      this.#sql.exec(`DELETE FROM ${table} WHERE turn_id NOT IN (SELECT id FROM turns)`);
    }
    this.#sql.exec(
      `DELETE FROM log WHERE at <= ? AND last_seq <= ?
        AND last_seq < (SELECT max(last_seq) FROM log)`,
      before,
      Math.min(projected, neededFrom - 1),
    );
    this.#sql.exec(
      "DELETE FROM client_keys WHERE at <= ?",
      Math.min(before, now - LIMITS.idempotencyHours * HOUR_MS),
    );
    this.cleanMessages(projected);
    this.#cleanPlans();
    this.#oldest = undefined;
  }

  /**
   * Lets go of all but the newest thousand messages that stand, of those that D1 has, and of most that were
   * superseded; whether there were any. System text stays: every turn's model is told it.
   */
  cleanMessages(projected: number): boolean {
    const [standing, superseded] = ["superseded_by IS NULL", "superseded_by IS NOT NULL"];
    const cleaned = [
      this.#clean("messages", standing, KEPT_MESSAGES, projected),
      this.#clean("superseded", superseded, KEPT_SUPERSEDED, projected),
    ];
    return cleaned.includes(true);
  }

  #clean(what: Kept, which: string, count: number, projected: number): boolean {
    const query = `SELECT seq FROM messages WHERE ${which} ORDER BY seq DESC LIMIT 1 OFFSET ?`;
    const [edge] = seqRows.parse(this.#sql.exec(query, count - 1).toArray());
    const from = edge && Math.min(edge.seq, projected + 1);
    if (from === undefined || from <= this.#keptFrom(what)) return false;
    this.#sql.exec(`DELETE FROM messages WHERE seq < ? AND role <> 'system' AND ${which}`, from);
    this.#putFrom(what, from);
    return true;
  }

  #keptFrom(what: Kept): number {
    const known = this.#from.get(what);
    if (known !== undefined) return known;
    const query = "SELECT seq FROM kept WHERE what = ?";
    const seq = seqRows.parse(this.#sql.exec(query, what).toArray())[0]?.seq ?? 0;
    this.#from.set(what, seq);
    return seq;
  }

  #putFrom(what: Kept, seq: number): void {
    this.#sql.exec("INSERT OR REPLACE INTO kept (what, seq) VALUES (?, ?)", what, seq);
    this.#from.set(what, seq);
  }

  /** Plans that neither a kept turn nor the next one uses. */
  #cleanPlans(): void {
    this.#sql.exec(
      `DELETE FROM plans WHERE id NOT IN (SELECT body ->> '$.planId' FROM room)
        AND id NOT IN (SELECT body ->> '$.run.planId' FROM turns
          WHERE body ->> '$.run.planId' IS NOT NULL)`,
    );
  }

  #findOldest(): number | null {
    const query = "SELECT min(closed_at) AS at FROM turns";
    return timeRows.parse(this.#sql.exec(query).toArray())[0].at;
  }
}
