import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { RoomEvent } from "../../../src/protocol/events";
import type { Message } from "../../../src/protocol/message";
import type { RoomState } from "../../../src/protocol/room-state";
import { ready } from "../../support/fake-room";
import type { FakeSocket } from "../../support/fake-wire";
import { claim } from "../engine/claim";
import { changes, played, scenario } from "../engine/room-commands";
import { ack, client, holdTime, pass, TASK } from "./connected";

holdTime();

/** Events come; or a page is asked for, which is read at once and answered after so many more events. */
type Beat = { events: number } | { asks: number; answeredAfter: number };

const beat: fc.Arbitrary<Beat> = fc.oneof(
  fc.record({ events: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ asks: fc.integer({ min: 1, max: 3 }), answeredAfter: fc.nat({ max: 12 }) }),
);
const input = fc.record({
  told: fc.oneof(changes, scenario),
  /** How much of the story is over as the client comes, of 100, and how many messages its snapshot has. */
  begins: fc.integer({ min: 20, max: 90 }),
  kept: fc.nat({ max: 3 }),
  beats: fc.array(beat, { minLength: 5, maxLength: 30 }),
});

/** What stands before a message, as a room answers it: the newest of it. */
function pageOf({ messages }: RoomState, before: unknown, limit: number) {
  const at = messages.findIndex(({ id }) => id === before);
  if (before !== undefined && at < 0) return undefined;
  const standing = before === undefined ? messages : messages.slice(0, at);
  const page = standing.slice(-limit);
  return { messages: page, hasMore: page.length < standing.length };
}

it("[K5] whatever changes while older pages come, what is shown is the end of what stands", async () => {
  let pages = 0;
  const rule = fc.asyncProperty(input, async ({ told, begins, kept, beats }) => {
    const { trace } = played(told);
    let next = Math.ceil((trace.length * begins) / 100);
    const fold = (all: RoomEvent[], from?: RoomState) =>
      all.reduce<RoomState | undefined>(applyEvent, from);
    let state = fold(trace.slice(0, next));
    if (!state) return;
    const { wire, taskroom } = client();
    const room = taskroom.connect(TASK);
    await pass();
    const cut = state.messages.slice(Math.max(0, state.messages.length - kept));
    wire.last.says(ready({ state: { ...state, messages: cut } }));
    const tell = (count: number) => {
      const events = trace.slice(next, next + count);
      next += events.length;
      state = fold(events, state);
      if (events.length > 0) wire.last.says({ type: "batch", data: events });
    };
    for (const one of beats) {
      if ("events" in one) tell(one.events);
      else if (await asked(wire.last, room.loadOlder(one.asks), one, () => state, tell)) pages += 1;
      const shown = room.getSnapshot();
      const all = [...shown.older, ...(shown.room?.messages ?? [])];
      const end = state?.messages.slice(state.messages.length - all.length) ?? [];
      claim(isDeepStrictEqual(all, end), "the end of what stands", {
        all: ids(all),
        end: ids(end),
      });
    }
    room.close();
  });
  await fc.assert(rule, { numRuns: 300 });
  expect(pages).toBeGreaterThan(200);
});

const ids = (messages: readonly Message[]) => messages.map(({ id }) => id);

/** Answers a page with what was there as it was asked for; whether one was asked for. */
async function asked(
  socket: FakeSocket,
  loaded: Promise<boolean>,
  { answeredAfter }: { answeredAfter: number },
  state: () => RoomState | undefined,
  tell: (count: number) => void,
): Promise<boolean> {
  const command = socket.commands.at(-1);
  const isOpen = await Promise.race([loaded.then(() => false), pass().then(() => true)]);
  const now = state();
  if (!isOpen || !command || !now) return false;
  const page = pageOf(now, command.data.before, Number(command.data.limit));
  tell(answeredAfter);
  if (page) ack(socket, { ...page, headSeq: 0 });
  else
    socket.says({
      type: "error",
      ref: command.id,
      error: { code: "invalid_request", message: "" },
    });
  await loaded.catch(() => undefined);
  return page !== undefined;
}
