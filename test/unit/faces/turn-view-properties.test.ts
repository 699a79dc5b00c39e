import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import { standing } from "../../../src/faces/turn-view/standing";
import type { RoomState } from "../../../src/protocol/room-state";
import { textOf, thinkingOf } from "../../../src/protocol/tools/rounds";
import { usesIn } from "../../../src/protocol/tools/tool-use";
import { cutsOf, itemsFrom } from "../../support/turn-feed";
import { played, scenario } from "../engine/room-commands";

/** What items, one after the other, come to for one message. */
type Told = { text: string; thinking: string; gave: Record<string, unknown>; kept: boolean };

function toldBy(items: readonly TurnItem[]): Map<string, Told> {
  const told = new Map<string, Told>();
  const of = (id: string) => {
    const there = told.get(id) ?? { text: "", thinking: "", gave: {}, kept: false };
    told.set(id, there);
    return there;
  };
  for (const item of items) {
    const stays = item.type === "retrying" ? item.stays : item.type === "attempt" && item;
    if (stays) {
      const one = of(stays.messageId);
      one.text = one.text.slice(0, stays.kept);
      one.thinking = one.thinking.slice(0, stays.keptThinking);
      const kept = Object.entries(one.gave).filter(
        ([place]) => Number(place.split(".")[0]) < stays.keptRounds,
      );
      Object.assign(one, { gave: Object.fromEntries(kept), kept: false });
    } else if (item.type === "text" || item.type === "thinking") {
      const one = of(item.messageId);
      expect(one[item.type]).toHaveLength(item.offset);
      one[item.type] += item.delta;
    } else if (item.type === "result") {
      const { output, error } = item.outcome;
      of(item.messageId).gave[`${item.round}.${item.call.index}`] = output ?? error;
    } else if (item.type === "message") of(item.message.id).kept = true;
  }
  return told;
}

/** The same as the room's fold has it. */
function toldIn(state: RoomState | undefined, turnId: string): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { turnId: of, messageId, text, thinking, rounds = [] } of state?.streams ?? []) {
    if (of !== turnId) continue;
    const calls = rounds.flatMap(({ round, calls }) =>
      calls.flatMap(({ index, output, error }) =>
        output === undefined && error === undefined
          ? []
          : [[`${round}.${index}`, output ?? error] as const],
      ),
    );
    const words = {
      text: heard(text, textOf(rounds)),
      thinking: heard(thinking, thinkingOf(rounds)),
    };
    told.set(messageId, { ...words, gave: Object.fromEntries(calls), kept: false });
  }
  for (const { id, turnId: of, role, content, thinking = "", metadata } of state?.messages ?? []) {
    if (of !== turnId || role !== "assistant") continue;
    // What a run did that was rolled back is no part of what stands.
    const uses = usesIn(metadata).flatMap(({ run, round, index, output, error }) =>
      run !== undefined || (output === undefined && error === undefined)
        ? []
        : [[`${round}.${index}`, output ?? error] as const],
    );
    told.set(id, { text: content, thinking, gave: Object.fromEntries(uses), kept: true });
  }
  return told;
}

/** What a round says that has nothing but blanks so far is held back: such a round's text is dropped. */
function heard(all: string, before: string): string {
  return /\S/.test(all.slice(before.length)) ? all : before;
}

/** A stream without words may be none. */
function compared(told: Map<string, Told>, of: Map<string, Told>) {
  return [...of].map(([id]) => [id, told.get(id)]);
}

describe("for every point at which somebody may come to a turn", () => {
  it("its items come to what the room's fold has, and so do those that still stand", () => {
    const rule = fc.property(scenario, fc.nat(), fc.nat(), (input, pick, end) => {
      const { trace: whole, turnIds, turn } = worldOf(input);
      for (const turnId of turnIds) {
        const cuts = cutsOf(whole, turn(turnId));
        const at = cuts[pick % Math.max(cuts.length, 1)];
        if (at === undefined) continue;
        const trace = whole.slice(0, at + (end % (whole.length - at + 1)));
        const items = itemsFrom(trace, turn(turnId), at);
        if (items.at(-1)?.type === "ended") continue;
        const state = trace.reduce<RoomState | undefined>(applyEvent, undefined);
        const has = toldIn(state, turnId);
        expect(compared(toldBy(items), has)).toEqual(compared(has, has));
        const live = items.findIndex(({ type }) => type === "live");
        const stands = [...standing(items.slice(0, live)), ...items.slice(live)];
        expect(compared(toldBy(stands), has)).toEqual(compared(has, has));
      }
    });
    fc.assert(rule, { numRuns: 300 });
  });

  it("items are numbered upwards, and whoever comes hears of one beginning and at most one end", () => {
    const rule = fc.property(scenario, fc.nat(), (input, pick) => {
      const { trace, turnIds, turn } = worldOf(input);
      for (const turnId of turnIds) {
        const cuts = cutsOf(trace, turn(turnId));
        const at = cuts[pick % Math.max(cuts.length, 1)];
        if (at === undefined) continue;
        const items = itemsFrom(trace, turn(turnId), at);
        const counts = Object.groupBy(items, ({ type }) => type);
        expect(counts.turn).toHaveLength(1);
        expect(counts.live?.length ?? 0).toBeLessThanOrEqual(1);
        expect(counts.ended?.length ?? 0).toBeLessThanOrEqual(1);
        const logged = items.filter(({ type }) => type !== "text" && type !== "thinking");
        const seqs = logged.map(({ seq }) => seq);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      }
    });
    fc.assert(rule, { numRuns: 200 });
  });
});

function worldOf(input: Parameters<typeof played>[0]) {
  const world = played(input);
  return { trace: world.trace, turnIds: world.turnIds.filter(known), turn };

  function known(id: string): boolean {
    return world.room.state.openTurns.some((one) => one.id === id) || world.closed.has(id);
  }
  function turn(id: string) {
    return world.turn(id);
  }
}
