import { type Judgement, judgePlace, judgeToken } from "../../../engine/session/opening";
import { type LiveSession, newSession, viewOf } from "../../../engine/session/session";
import { increment } from "../../../platform/metrics";
import { accepted, type Outcome, refused } from "../../../protocol/errors";
import { newId } from "../../../protocol/ids";
import { LIMITS } from "../../../protocol/limits";
import type { OpenedSession, OpenSession, SessionGrant } from "../api";
import { isRevoked, REVOKED } from "../keys/revoked";
import type { Surroundings } from "../surroundings";
import { Tables } from "../tables";
import { type CheckedIn, checkIn } from "./check-in";
import { hashToken, issueToken } from "./recovery-token";
import type { RoomCheck } from "./room-check";

/** Who comes in: over REST without a connection, to a new session without a presented token. */
type Entrant = { userId: string; connectionId: string | null; keyId?: string } & (
  | { presented: null; taskId: string }
  | { presented: string; taskId?: string }
);
/** `asked`: sessions whose rooms have been asked on the entrant's behalf. */
type Attempt = { entrant: Entrant; given: string; asked: ReadonlySet<string> };

/** The ways into a session: a connection, `POST /sessions` and `POST /sessions/recover`. */
export class SessionEntry {
  readonly #around: Surroundings;
  readonly #check: RoomCheck;

  constructor(around: Surroundings, check: RoomCheck) {
    this.#around = around;
    this.#check = check;
  }

  async open({ recoveryToken, ...input }: OpenSession): Promise<Outcome<OpenedSession>> {
    const presented = recoveryToken === undefined ? null : await hashToken(recoveryToken);
    const entered = await this.#enter({ ...input, presented });
    if (!entered.ok) return entered;
    return accepted({ ...entered.value, resumed: presented !== null });
  }

  create(userId: string, taskId: string): Promise<Outcome<SessionGrant>> {
    return this.#enter({ userId, taskId, connectionId: null, presented: null });
  }

  async recover(userId: string, recoveryToken: string): Promise<Outcome<SessionGrant>> {
    const presented = await hashToken(recoveryToken);
    return this.#enter({ userId, connectionId: null, presented });
  }

  async #enter(entrant: Entrant): Promise<Outcome<SessionGrant>> {
    const { token, hash } = await issueToken();
    const asked = new Set<string>();
    for (;;) {
      const judgement = this.#attempt({ entrant, given: hash, asked });
      if (!judgement.ask) {
        const { outcome } = judgement;
        if (!outcome.ok) return outcome;
        const { session, connections } = outcome.value;
        const event = entrant.presented === null ? "opened" : "resumed";
        this.#around.metrics.tell([increment("taskroom_sessions_total", { event })]);
        await this.#around.deadlines.add(session);
        const view = viewOf(session, connections, this.#around.limits.SESSION_IDLE_MS);
        return accepted({ session: view, recoveryToken: token });
      }
      await this.#check.ask(judgement.ask);
      for (const id of judgement.ask) asked.add(id);
    }
  }

  /** Judges and acts with no await between: other calls come in at each. */
  #attempt(attempt: Attempt): Judgement<CheckedIn> {
    const { storage } = this.#around;
    const { connectionId, presented, keyId } = attempt.entrant;
    const now = this.#around.now();
    const tables = Tables.find(storage);
    if (isRevoked(tables, keyId)) return { outcome: refused(REVOKED) };
    const claim = this.#judgeClaim(tables, attempt, now);
    if (claim.ask) return claim;
    if (!claim.outcome.ok) return { outcome: claim.outcome };
    const session = claim.outcome.value;
    const place = this.#judgePlace(tables, session.id, attempt.asked);
    if (place.ask) return place;
    if (!place.outcome.ok) return { outcome: place.outcome };
    const input = { session, presented, given: attempt.given, connectionId, keyId, now };
    const checkedIn = storage.transactionSync(() => checkIn(Tables.make(storage), input));
    return { outcome: accepted(checkedIn) };
  }

  #judgeClaim(
    tables: Tables | null,
    { entrant, asked }: Attempt,
    now: number,
  ): Judgement<LiveSession> {
    const { userId, taskId, presented } = entrant;
    if (presented === null) {
      return { outcome: accepted(newSession({ id: newId("sess", now), userId, taskId, now })) };
    }
    const found = tables?.byToken(presented) ?? null;
    const idleMs = this.#around.limits.SESSION_IDLE_MS;
    return judgeToken({ found, userId, taskId, now, idleMs, asked });
  }

  /** Over REST too, where nobody connects yet: it tells why a handshake would be refused. */
  #judgePlace(
    tables: Tables | null,
    sessionId: string,
    asked: ReadonlySet<string>,
  ): Judgement<null> {
    if (!tables) return { outcome: accepted(null) };
    const counts = tables.connections.counts();
    return judgePlace({
      sessionId,
      connections: counts.get(sessionId) ?? 0,
      connected: [...counts.keys()],
      limits: {
        sessions: this.#around.limits.SESSIONS_PER_USER,
        connections: LIMITS.connectionsPerSession,
      },
      asked,
    });
  }
}
