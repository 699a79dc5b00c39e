import { accepted, type ErrorCode, type Outcome, refuse, refused } from "../../protocol/errors";
import { isOverdue, type KeptSession, type LiveSession } from "./session";

/** `ask`: first ask the rooms of these sessions what they know, then judge again. */
export type Judgement<T> = { ask: string[] } | { ask?: never; outcome: Outcome<T> };

type Claim = {
  /** The session of the presented token; `null` when no live token has that hash. */
  found: KeptSession | null;
  userId: string;
  /** The task whose room the token is presented in; absent on REST. */
  taskId: string | undefined;
  now: number;
  idleMs: number;
  /** Sessions whose rooms have been asked already. */
  asked: ReadonlySet<string>;
};

/** Which session a presented token opens. */
export function judgeToken(claim: Claim): Judgement<LiveSession> {
  const { found, now, idleMs, asked } = claim;
  const foreign = claim.userId !== found?.userId || (claim.taskId ?? found.taskId) !== found.taskId;
  if (!found || foreign || found.state === "revoked") {
    return no("recovery_invalid", "This recovery token is used up, foreign or unknown.");
  }
  if (found.state !== "live") return no("session_expired", "This session has expired.");
  // Its alarm is late or its room silent. Who presents a live token is here: silence ends nothing.
  if (isOverdue(found, now, idleMs) && !asked.has(found.id)) return { ask: [found.id] };
  return { outcome: accepted(found) };
}

type Place = {
  /** The session that the connection is for, and how many it has. */
  sessionId: string;
  connections: number;
  /** The user's live sessions that have connections. */
  connected: readonly string[];
  limits: { sessions: number; connections: number };
  /** Sessions whose rooms have been asked already: no count is trusted for a refusal unasked. */
  asked: ReadonlySet<string>;
};

/** Whether there is room for one more connection. */
export function judgePlace(place: Place): Judgement<null> {
  const { sessionId, connections, connected, limits, asked } = place;
  if (connections >= limits.connections) {
    if (!asked.has(sessionId)) return { ask: [sessionId] };
    return no("session_limit", `A session has at most ${limits.connections} connections.`);
  }
  if (connections === 0 && connected.length >= limits.sessions) {
    const unasked = connected.filter((id) => !asked.has(id));
    if (unasked.length > 0) return { ask: unasked };
    return no("session_limit", `At most ${limits.sessions} sessions are connected at one time.`);
  }
  return { outcome: accepted(null) };
}

function no(code: ErrorCode, message: string): { outcome: Outcome<never> } {
  return { outcome: refused(refuse(code, message)) };
}

/** Who makes way for a new session: ended ones first, then the longest away, no connected one. */
export function whoMakesWay(
  kept: readonly KeptSession[],
  connected: ReadonlySet<string>,
  most: number,
): string[] {
  const rank = (session: KeptSession) => (session.state === "live" ? 1 : 0);
  return kept
    .filter((session) => (session.state === "live" ? !connected.has(session.id) : !session.closing))
    .sort((a, b) => rank(a) - rank(b) || a.lastActiveAt - b.lastActiveAt)
    .slice(0, Math.max(0, kept.length + 1 - most))
    .map((session) => session.id);
}
