import { SESSION_RULES } from "./rules";

/**
 * A recovery token that can still be presented. `parent` is the token whose presenting gave it;
 * `connectionId` the connection that got it, or `null` for one given over REST.
 */
export type Token = { hash: string; parent: string | null; connectionId: string | null };

/*
 * The succession rule of contract section 6, over one session's live tokens. A dead token is simply
 * no longer among them. Presenting T gives T′, a child of T; T dies when a child of it is presented,
 * or when the connection that got a child sends a command. So
 * - a client that lost the answer presents T again and gets another child: T's children are siblings,
 *   each may be in some client's hands, and none of them dies by what happens to the others;
 * - T's own parent has died by T's being presented, so a live token has at most one live ancestor.
 */

type Succession = {
  /** The session's live tokens, oldest first. */
  tokens: readonly Token[];
  /** The hash of the live token that was presented; `null` when the session is new. */
  presented: string | null;
  fresh: Omit<Token, "parent">;
  /** The session's open connections. */
  open: ReadonlySet<string>;
};

/** The token that is given out, and the hashes of those that die by it. */
export function succeed({ tokens, presented, fresh, open }: Succession): {
  token: Token;
  dead: string[];
} {
  const used = tokens.find(({ hash }) => hash === presented)?.parent;
  const dead = tokens.filter(({ hash }) => hash === used);
  const left = tokens.filter(({ hash }) => hash !== used);
  // Only a client that loses answer after answer gets here: its oldest unread answers go.
  const spare = left.filter(
    ({ hash, connectionId }) => hash !== presented && !(connectionId && open.has(connectionId)),
  );
  const excess = Math.max(0, left.length + 1 - SESSION_RULES.tokensPerSession);
  return {
    token: { ...fresh, parent: presented },
    dead: [...dead, ...spare.slice(0, excess)].map(({ hash }) => hash),
  };
}

/** A connection has sent a command, so its client has read its token: the token before it dies. */
export function confirm(tokens: readonly Token[], connectionId: string): string[] {
  const parents = tokens
    .filter((token) => token.connectionId === connectionId)
    .map((token) => token.parent);
  return tokens.filter((token) => parents.includes(token.hash)).map((token) => token.hash);
}
