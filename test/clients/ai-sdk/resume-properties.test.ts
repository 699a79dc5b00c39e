import type { UIMessage } from "ai";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import { isOver } from "../../../src/engine/fold/rounds-fold";
import { nothingShown, shownAfter } from "../../../src/faces/ai-sdk/shown/shown";
import { uiParts } from "../../../src/faces/ai-sdk/ui-message";
import type { TurnItem } from "../../../src/faces/turn-view/item";
import type { RoomState } from "../../../src/protocol/room-state";
import { cutsOf, itemsFrom } from "../../support/turn-feed";
import { played, scenario } from "../../unit/engine/room-commands";
import { chunksOf, ORIGIN, plain, shownBy } from "./shown-by-client";

/** One turn of a random history. */
type Case = { trace: ReturnType<typeof played>["trace"]; turn: ReturnType<typeof turnAt> };

function turnAt(world: ReturnType<typeof played>, turnId: string) {
  return world.turn(turnId);
}

function casesOf(input: Parameters<typeof played>[0]): Case[] {
  const world = played(input);
  const { openTurns } = world.room.state;
  return world.turnIds
    .filter((id) => openTurns.some((one) => one.id === id) || world.closed.has(id))
    .map((id) => ({ trace: heard(world.trace), turn: turnAt(world, id) }));
}

/** Without what an agent would say before its calls are over, which none does. */
function heard(trace: Case["trace"]): Case["trace"] {
  let state: RoomState | undefined;
  return trace.filter((event) => {
    const isSaid = event.type === "chat:chunk" || event.type === "chat:thinking";
    const calls = state?.streams.flatMap(({ rounds = [] }) => rounds.at(-1)?.calls ?? []) ?? [];
    if (isSaid && !calls.every(isOver)) return false;
    state = applyEvent(state, event);
    return true;
  });
}

function shownOf(items: readonly TurnItem[], turnId: string) {
  return { parts: uiParts(items.reduce(shownAfter, nothingShown(turnId, ORIGIN)).parts) };
}

/** A client shows that a step has begun once there is something in it. */
function partsOf<Part extends { type: string }>({ parts }: { parts: Part[] }): Part[] {
  return parts.filter(({ type }) => type !== "step-start");
}

/** The items that a stream tells before it ends at a wait, and whether there is such a wait. */
function upToWait(items: readonly TurnItem[]): { told: TurnItem[]; waits: boolean } {
  const live = items.findIndex(({ type }) => type === "live");
  const past = items
    .slice(0, live + 1)
    .findLast(({ type }) => type === "waiting" || type === "working" || type === "ended");
  if (live >= 0 && past?.type === "waiting") return { told: items.slice(0, live + 1), waits: true };
  const end = items.findIndex(({ type }, i) => i > live && live >= 0 && type === "waiting");
  return end < 0
    ? { told: [...items], waits: false }
    : { told: items.slice(0, end + 1), waits: true };
}

describe("for random histories and points at which a client comes", () => {
  it("the real client shows what the turn's items come to, text and tools, once", async () => {
    const rule = fc.asyncProperty(scenario, fc.nat(), async (input, pick) => {
      for (const { trace, turn } of casesOf(input)) {
        const cuts = cutsOf(trace, turn);
        const at = cuts[pick % Math.max(cuts.length, 1)];
        if (at === undefined) continue;
        const { told } = upToWait(itemsFrom(trace, turn, at));
        const message = await shownBy(await chunksOf(told, turn));
        expect(message.id).toBe(turn.id);
        expect(partsOf(message)).toEqual(plain(partsOf(shownOf(told, turn.id))));
      }
    });
    await fc.assert(rule, { numRuns: 300 });
  });

  it("one that resumes ends with what one shows that never left", async () => {
    let resumed = 0;
    const rule = fc.asyncProperty(scenario, fc.nat(), fc.nat(), async (input, first, second) => {
      for (const { trace, turn } of casesOf(input)) {
        const cuts = cutsOf(trace, turn);
        const [a, b] = [first, second]
          .map((pick) => cuts[pick % Math.max(cuts.length, 1)] ?? 0)
          .toSorted((x, y) => x - y);
        if (!a || !b) continue;
        const stayer = upToWait(itemsFrom(trace, turn, a));
        const comer = upToWait(itemsFrom(trace, turn, b));
        const [stayed, came] = [stayer.told.at(-1), comer.told.at(-1)];
        // A wait or an end before the other came is another stream's.
        if (stayed?.seq !== came?.seq || stayer.waits !== comer.waits) continue;
        const [one, other] = await Promise.all([
          shownBy(await chunksOf(stayer.told, turn)),
          shownBy(await chunksOf(comer.told, turn)),
        ]);
        expect(partsOf(other)).toEqual(partsOf(one));
        resumed++;
      }
    });
    await fc.assert(rule, { numRuns: 300 });
    expect(resumed).toBeGreaterThan(100);
  });

  it("one that answers a wait and goes on shows what one shows that comes then", async () => {
    let waits = 0;
    const rule = fc.asyncProperty(scenario, fc.nat(), async (input, pick) => {
      for (const { trace, turn } of casesOf(input)) {
        const cuts = cutsOf(trace, turn);
        const begin = cuts[0];
        if (begin === undefined) continue;
        const { told, waits: isWaiting } = upToWait(itemsFrom(trace, turn, begin));
        const seq = told.at(-1)?.seq ?? 0;
        const later = cuts.filter((at) =>
          trace.slice(0, at).some((e) => "seq" in e && e.seq > seq),
        );
        const at = later[pick % Math.max(later.length, 1)];
        if (!isWaiting || at === undefined) continue;
        waits++;
        const before = await shownBy(await chunksOf(told, turn));
        const answered = new Set(before.parts.flatMap(openIn));
        const next = upToWait(itemsFrom(trace, turn, at)).told;
        const wentOn = await shownBy(await chunksOf(next, turn, { answered }), before);
        const fresh = await shownBy(await chunksOf(next, turn));
        expect(partsOf(wentOn).map(withoutOldQuestion)).toEqual(partsOf(fresh));
      }
    });
    await fc.assert(rule, { numRuns: 400 });
    expect(waits).toBeGreaterThan(20);
  });
});

/** A question that was put aside without an answer stays with its call, where that is made without one. */
function withoutOldQuestion(part: UIMessage["parts"][number]): UIMessage["parts"][number] {
  if (!("toolCallId" in part) || !part.state.startsWith("output-")) return part;
  const { approval, ...rest } = part;
  return (approval && approval.approved === undefined ? rest : part) as typeof part;
}

/** What a part asks its reader for. */
function openIn(part: UIMessage["parts"][number]): string[] {
  if (!("toolCallId" in part)) return [];
  if (part.state === "approval-requested") return [part.approval.id];
  return part.state === "input-available" && !part.providerExecuted ? [part.toolCallId] : [];
}
