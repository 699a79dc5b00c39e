import * as z from "zod";
import { end } from "../../../engine/session/expiry";
import { CLOSE_RETRY } from "../../../engine/session/rules";
import { viewOf, withActivity } from "../../../engine/session/session";
import { confirm } from "../../../engine/session/tokens";
import { increment } from "../../../platform/metrics";
import { accepted, type Outcome, refuse, refused } from "../../../protocol/errors";
import { sessionId } from "../../../protocol/ids";
import { issuesOf } from "../../../protocol/issues";
import { LIMITS } from "../../../protocol/limits";
import type { Page } from "../../../protocol/rest/page";
import type { Session } from "../../../protocol/session";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import type { RoomCheck } from "./room-check";

/** The cursor is the id of the last session seen: ids sort by time, newer ones don't move it. */
const pageQuery = z.object({
  limit: z.int().min(1).max(LIMITS.pageItems),
  cursor: sessionId.optional(),
});
const UNKNOWN = refuse("not_found", "There is no such session.");
type PageQuery = { limit: number; cursor?: string | undefined };

/** What happens to sessions once they are there. */
export class Sessions {
  readonly #around: Surroundings;
  readonly #check: RoomCheck;

  constructor(around: Surroundings, check: RoomCheck) {
    this.#around = around;
    this.#check = check;
  }

  list(userId: string, query: PageQuery): Outcome<Page<Session>> {
    const { success, data, error } = pageQuery.safeParse(query);
    if (!success) {
      const issues = issuesOf(error);
      return refused(refuse("invalid_request", "The page is not valid.", { issues }));
    }
    const tables = this.#tables();
    if (!tables) return accepted({ items: [], nextCursor: null });
    // One more than asked for tells whether there is a next page.
    const found = tables.sessions.page(userId, data.limit + 1, data.cursor);
    const counts = tables.connections.counts();
    const items = found
      .slice(0, data.limit)
      .map((kept) => viewOf(kept, counts.get(kept.id) ?? 0, this.#around.limits.SESSION_IDLE_MS));
    const more = found.length > data.limit;
    return accepted({ items, nextCursor: more ? (items.at(-1)?.id ?? null) : null });
  }

  connectedTasks(): string[] {
    return this.#tables()?.connections.tasks() ?? [];
  }

  async revoke(userId: string, sessionId: string): Promise<Outcome<null>> {
    const tables = this.#tables();
    if (tables?.sessions.get(sessionId)?.userId !== userId) return refused(UNKNOWN);
    const { now, deadlines, storage, metrics } = this.#around;
    // The alarm before the fact: whatever dies from here on, the work goes on.
    await deadlines.atLatest(now() + CLOSE_RETRY.initialMs);
    const session = tables.sessions.get(sessionId);
    if (!session) return refused(UNKNOWN);
    if (session.state === "revoked") {
      // Said again, it goes on with what an earlier one could not finish.
      await this.#check.close(tables, session);
      return refused(UNKNOWN);
    }
    const closing = tables.connections.of(sessionId).length > 0;
    const ended = end(session, { as: "revoked", now: now(), closing });
    storage.transactionSync(() => tables.saveEnded(ended));
    metrics.tell([increment("taskroom_sessions_total", { event: "revoked" })]);
    await this.#check.close(tables, ended);
    return accepted(null);
  }

  confirm(sessionId: string, connectionId: string): void {
    const tables = this.#tables();
    tables?.tokens.remove(confirm(tables.tokens.of(sessionId), connectionId));
  }

  async close(sessionId: string, connectionId: string, lastActiveAt: number): Promise<void> {
    const tables = this.#tables();
    const session = tables?.sessions.get(sessionId);
    if (!tables || !session) return;
    const known = tables.connections.remove(sessionId, connectionId);
    if (!known || session.state !== "live") return;
    const moved = withActivity(session, lastActiveAt, this.#around.now());
    tables.sessions.save(moved);
    await this.#around.deadlines.add(moved);
  }

  /** Within a transaction: nobody comes back to the task by them. */
  forgetTask(tables: Tables, taskId: string): void {
    for (const { id } of tables.sessions.ofTask(taskId)) tables.forget(id);
  }

  #tables(): Tables | null {
    return Tables.find(this.#around.storage);
  }
}
