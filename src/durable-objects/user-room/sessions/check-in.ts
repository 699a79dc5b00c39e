import { whoMakesWay } from "../../../engine/session/opening";
import { SESSION_RULES } from "../../../engine/session/rules";
import { type LiveSession, withActivity } from "../../../engine/session/session";
import { succeed } from "../../../engine/session/tokens";
import type { Tables } from "../tables";

type CheckIn = {
  session: LiveSession;
  /** Hash of the token that was presented; `null`: the session is new. */
  presented: string | null;
  /** Hash of the token that is given out. */
  given: string;
  /** `null`: over REST. */
  connectionId: string | null;
  /** The API key that the connection comes with; absent for a token. */
  keyId: string | undefined;
  now: number;
};

export type CheckedIn = { session: LiveSession; connections: number };

/** Writes down that somebody came in; to be run in a transaction. */
export function checkIn(tables: Tables, input: CheckIn): CheckedIn {
  const { presented, given, connectionId, keyId, now } = input;
  if (presented === null) makeWay(tables);
  const session = withActivity(input.session, now, now);
  tables.sessions.save(session);
  if (connectionId !== null) {
    tables.connections.add(session.id, { id: connectionId, openedAt: now }, keyId);
  }
  const connections = tables.connections.of(session.id);
  const { token, dead } = succeed({
    tokens: tables.tokens.of(session.id),
    presented,
    fresh: { hash: given, connectionId },
    open: new Set(connections.map(({ id }) => id)),
  });
  tables.tokens.remove(dead);
  tables.tokens.add(session.id, token);
  return { session, connections: connections.length };
}

function makeWay(tables: Tables): void {
  const connected = new Set(tables.connections.counts().keys());
  const gone = whoMakesWay(tables.sessions.all(), connected, SESSION_RULES.sessionsPerUser);
  for (const id of gone) tables.forget(id);
}
