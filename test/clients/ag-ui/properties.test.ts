import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import { cutsOf, itemsFrom } from "../../support/turn-feed";
import { played, scenario } from "../../unit/engine/room-commands";
import { eventsOf, hadBy, shownBy } from "./screen";

type World = ReturnType<typeof played>;
type Turn = ReturnType<World["turn"]>;
/** One turn of a random history, and the points at which somebody may come to it. */
type Case = { trace: World["trace"]; turn: Turn; cuts: number[] };

function casesOf(input: Parameters<typeof played>[0]): Case[] {
  const world = played(input);
  const { openTurns } = world.room.state;
  return world.turnIds
    .filter((id) => openTurns.some((one) => one.id === id) || world.closed.has(id))
    .map((id) => world.turn(id))
    .map((turn) => ({ trace: world.trace, turn, cuts: cutsOf(world.trace, turn) }));
}

/** The items before those that a run does not tell any more: it ends where a turn waits. */
function upToWait(items: readonly TurnItem[]): { told: TurnItem[]; waits: boolean } {
  const live = items.findIndex(({ type }) => type === "live");
  const past = items
    .slice(0, live + 1)
    .findLast(({ type }) => /^(waiting|working|attempt|ended)$/.test(type));
  if (past?.type === "waiting") return { told: items.slice(0, live + 1), waits: true };
  const end = items.findIndex(({ type }, i) => live >= 0 && i > live && type === "waiting");
  if (end < 0) return { told: [...items], waits: false };
  return { told: items.slice(0, end + 1), waits: true };
}

const USER = [{ id: "u", role: "user", content: "hello" }];

describe("for random histories and points at which a client comes", () => {
  it("[AG1] [AG2] one that comes shows what one shows that never left, and the client's verifier holds", async () => {
    let compared = 0;
    const rule = fc.asyncProperty(
      scenario,
      ...[fc.nat(), fc.nat(), fc.nat()],
      async (input, first, second, last) => {
        for (const { trace: whole, turn, cuts } of casesOf(input)) {
          const [a, b] = [first, second]
            .map((pick) => cuts[pick % Math.max(cuts.length, 1)] ?? 0)
            .toSorted((x, y) => x - y);
          if (!a || !b) continue;
          // Both look at the same moment, wherever the turn is then.
          const trace = whole.slice(0, b + (last % (whole.length - b + 1)));
          const all = itemsFrom(trace, turn, a);
          const stayer = upToWait(all);
          const comer = upToWait(itemsFrom(trace, turn, b));
          // A wait or an end before the other came is another run's.
          if (stayer.waits !== comer.waits) continue;
          // Words that come after it are told in no run: the next attempt makes them void.
          if (stayer.waits && all.length > stayer.told.length) continue;
          if ((stayer.waits || isOver(stayer)) && lastSeq(stayer) !== lastSeq(comer)) continue;
          const [stayed, came] = await Promise.all([
            eventsOf(stayer.told, turn.id, { messages: USER }),
            eventsOf(comer.told, turn.id, { messages: USER, tellsAll: true }),
          ]);
          expect(await shownBy(came)).toEqual(await shownBy(stayed, USER));
          compared++;
        }
      },
    );
    await fc.assert(rule, { numRuns: 300 });
    expect(compared).toBeGreaterThan(100);
  });

  it("[AG3] one that goes on after a wait shows what one shows that comes then", async () => {
    let waits = 0;
    const rule = fc.asyncProperty(scenario, fc.nat(), async (input, pick) => {
      for (const { trace, turn, cuts } of casesOf(input)) {
        const [begin] = cuts;
        if (begin === undefined) continue;
        const first = upToWait(itemsFrom(trace, turn, begin));
        const seq = lastSeq(first);
        const later = cuts.filter((at) =>
          trace.slice(0, at).some((event) => "seq" in event && event.seq > seq),
        );
        const at = later[pick % Math.max(later.length, 1)];
        if (!first.waits || at === undefined) continue;
        const events = await eventsOf(first.told, turn.id, { messages: USER });
        const { has } = await hadBy(events, USER);
        const { told } = upToWait(itemsFrom(trace, turn, at));
        const wentOn = await eventsOf(told, turn.id, { messages: has });
        const fresh = await eventsOf(told, turn.id, { messages: USER, tellsAll: true });
        expect(await shownBy(wentOn, has)).toEqual(await shownBy(fresh));
        waits++;
      }
    });
    await fc.assert(rule, { numRuns: 300 });
    expect(waits).toBeGreaterThan(20);
  });
});

function isOver({ told }: { told: readonly TurnItem[] }): boolean {
  return told.at(-1)?.type === "ended";
}

function lastSeq({ told }: { told: readonly TurnItem[] }): number {
  return told.at(-1)?.seq ?? 0;
}
