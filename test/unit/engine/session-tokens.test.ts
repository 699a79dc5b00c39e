import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SESSION_RULES } from "../../../src/engine/session/rules";
import { confirm, succeed, type Token } from "../../../src/engine/session/tokens";

/** A session's tokens as its room keeps them; connection n gets token `t<n>`. */
class Lineage {
  live: Token[] = [];
  open = new Set<string>();
  #given = 0;

  /** `null` opens the session. The connection stays open unless it is closed. */
  enter(presented: string | null): string {
    const hash = `t${this.#given}`;
    const connectionId = `c${this.#given++}`;
    this.open.add(connectionId);
    const fresh = { hash, connectionId };
    const { token, dead } = succeed({ tokens: this.live, presented, fresh, open: this.open });
    this.live = [...this.#without(dead), token];
    return hash;
  }

  command(hash: string): void {
    this.live = this.#without(confirm(this.live, connectionOf(hash)));
  }

  close(hash: string): void {
    this.open.delete(connectionOf(hash));
  }

  opens(hash: string): boolean {
    return this.live.some((token) => token.hash === hash);
  }

  #without(dead: string[]): Token[] {
    return this.live.filter(({ hash }) => !dead.includes(hash));
  }
}

function connectionOf(hash: string): string {
  return hash.replace("t", "c");
}

/** The contract's sentence, judged from all that ever happened rather than from what is kept. */
function superseded(hash: string, given: Map<string, string | null>, read: Set<string>): boolean {
  return [...given].some(([child, parent]) => parent === hash && read.has(child));
}

describe("succession of recovery tokens", () => {
  it("keeps a token while nobody has read its successor", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    const second = tokens.enter(first);
    expect([tokens.opens(first), tokens.opens(second)]).toEqual([true, true]);
  });

  it("ends a token when its successor is presented", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    const second = tokens.enter(first);
    const third = tokens.enter(second);
    expect([first, second, third].map((token) => tokens.opens(token))).toEqual([false, true, true]);
  });

  it("ends a token when the connection that got its successor sends a command", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    const second = tokens.enter(first);
    tokens.command(second);
    expect([tokens.opens(first), tokens.opens(second)]).toEqual([false, true]);
  });

  it("ends nothing when the first connection of a session sends a command", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    tokens.command(first);
    expect(tokens.opens(first)).toBe(true);
  });

  it("keeps the siblings of a token that is used: each may be in some client's hands", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    const lost = tokens.enter(first);
    const read = tokens.enter(first);
    tokens.command(read);
    expect([first, lost, read].map((token) => tokens.opens(token))).toEqual([false, true, true]);
  });

  it("keeps a bounded number of unread answers, and always the token that was presented", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    tokens.close(first);
    const unread = Array.from({ length: 100 }, () => {
      const token = tokens.enter(first);
      tokens.close(token);
      return token;
    });
    expect(tokens.live).toHaveLength(SESSION_RULES.tokensPerSession);
    expect(tokens.opens(first)).toBe(true);
    expect(unread.slice(-10).every((token) => tokens.opens(token))).toBe(true);
  });

  it("never drops the token of an open connection to stay in bounds", () => {
    const tokens = new Lineage();
    const first = tokens.enter(null);
    const held = tokens.enter(first);
    for (let i = 0; i < 100; i++) tokens.close(tokens.enter(first));
    expect(tokens.opens(held)).toBe(true);
  });
});

describe("whatever clients do", () => {
  const step = fc.record({
    act: fc.constantFrom("present", "present", "command", "close"),
    pick: fc.nat(),
  });
  // Fewer steps than tokens that are kept, so that the bound does not come into it.
  const steps = fc.array(step, { maxLength: SESSION_RULES.tokensPerSession - 1 });

  it("a token opens the session exactly until a client has shown that it read the successor", () => {
    fc.assert(
      fc.property(steps, (acts) => {
        const tokens = new Lineage();
        const given = new Map<string, string | null>([[tokens.enter(null), null]]);
        const read = new Set<string>();
        for (const { act, pick } of acts) {
          const hash = [...given.keys()][pick % given.size] ?? "";
          if (act === "close") tokens.close(hash);
          if (act === "command") tokens.command(hash);
          if (act === "command") read.add(hash);
          if (act === "present" && tokens.opens(hash)) {
            given.set(tokens.enter(hash), hash);
            read.add(hash);
          }
          for (const token of given.keys()) {
            expect(tokens.opens(token)).toBe(!superseded(token, given, read));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("somebody can always come back", () => {
    fc.assert(
      fc.property(steps, (acts) => {
        const tokens = new Lineage();
        const given = [tokens.enter(null)];
        for (const { act, pick } of acts) {
          const hash = given[pick % given.length] ?? "";
          if (act === "command") tokens.command(hash);
          if (act === "present" && tokens.opens(hash)) given.push(tokens.enter(hash));
          expect(tokens.opens(given.at(-1) ?? "")).toBe(true);
        }
      }),
    );
  });
});
