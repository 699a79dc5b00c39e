import { afterClose, lostConnections, type News, settle } from "../../../engine/session/expiry";
import { SESSION_RULES } from "../../../engine/session/rules";
import type { EndedSession, LiveSession } from "../../../engine/session/session";
import { increment } from "../../../platform/metrics";
import { CLOSE } from "../../../protocol/close-codes";
import type { SessionActivity } from "../../task-room/api";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";

const CLOSING: Record<EndedSession["state"], { code: number; reason: string }> = {
  expired: { code: CLOSE.sessionExpired, reason: "session expired" },
  revoked: { code: CLOSE.unauthorized, reason: "session revoked" },
};

type Answers = Record<string, SessionActivity> | null;
/** `askedAt` in milliseconds since 1970. */
type Asked = { answers: Answers; askedAt: number };

/** Asks the tasks' rooms about sessions, acts on what they say, and has them close connections. */
export class RoomCheck {
  readonly #around: Surroundings;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Brings these sessions up to date, as far as their rooms answer; ends those that are overdue. */
  async ask(sessionIds: readonly string[]): Promise<void> {
    const tables = Tables.find(this.#around.storage);
    if (!tables) return;
    const kept = sessionIds.flatMap((id) => tables.sessions.get(id) ?? []);
    const byTask = Map.groupBy(kept, ({ taskId }) => taskId);
    await Promise.all(
      [...byTask].map(async ([taskId, sessions]) => {
        const ids = sessions.map(({ id }) => id);
        const askedAt = this.#around.now();
        const answers = await this.#around.rooms.activity(taskId, ids).catch(() => null);
        await Promise.all(
          ids.map((id) =>
            this.guarded(tables, id, () => this.#settle(tables, id, { answers, askedAt })),
          ),
        );
      }),
    );
  }

  async #settle(tables: Tables, id: string, { answers, askedAt }: Asked): Promise<void> {
    // Read again: much may have happened while the room was being asked.
    const session = tables.sessions.get(id);
    if (session?.state !== "live") return;
    const now = this.#around.now();
    const news = newsOf(session, answers);
    const next = settle(session, news, { now, idleMs: this.#around.limits.SESSION_IDLE_MS });
    this.#around.storage.transactionSync(() => {
      if (news) {
        const lost = lostConnections(tables.connections.of(id), news, { askedAt, now });
        for (const connectionId of lost) tables.connections.remove(id, connectionId);
      }
      if (next.state !== "live") tables.saveEnded(next);
      else if (next !== session) tables.sessions.save(next);
    });
    if (next.state !== "live") {
      this.#around.metrics.tell([increment("taskroom_sessions_total", { event: "expired" })]);
    }
    await this.#around.deadlines.add(next);
    if (next.state !== "live") await this.close(tables, next);
  }

  /** Closes an ended session's connections, if it may have any; what fails is left to the alarm. */
  async close(tables: Tables, { id, taskId, state, closing }: EndedSession): Promise<void> {
    if (!closing) return;
    const { code, reason } = CLOSING[state];
    const reached = await this.#around.rooms.close(taskId, id, code, reason).then(
      () => true,
      () => false,
    );
    const session = tables.sessions.get(id);
    if (!session || session.state === "live" || !session.closing) return;
    const connections = tables.connections.of(id);
    const now = this.#around.now();
    const random = this.#around.random();
    const next = afterClose(session, { reached, connections, now, random });
    const kept = this.#around.storage.transactionSync(() => tables.saveEnded(next));
    if (kept) await this.#around.deadlines.add(next);
  }

  /** One session's fault must not keep the others from theirs. */
  async guarded(tables: Tables, id: string, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch {
      tables.sessions.rest(id, this.#around.now() + SESSION_RULES.faultRestMs);
    }
  }
}

/** A room that answers without naming a session has no connections of it. */
function newsOf({ id, lastActiveAt }: LiveSession, answers: Answers): News {
  return answers && (answers[id] ?? { connections: 0, lastActiveAt });
}
