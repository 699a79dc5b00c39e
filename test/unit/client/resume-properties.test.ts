import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { RoomEvent } from "../../../src/protocol/events";
import type { RoomState } from "../../../src/protocol/room-state";
import { momentary, ready } from "../../support/fake-room";
import type { FakeSocket } from "../../support/fake-wire";
import { claim } from "../engine/claim";
import { changes, played, scenario } from "../engine/room-commands";
import { client, holdTime, pass, TASK } from "./connected";

holdTime();

type Folded = RoomState | undefined;

/** A room that tells a story again, to whoever is connected. */
class Teller {
  readonly #trace: RoomEvent[];
  #told = 0;
  #state: Folded;

  constructor(trace: RoomEvent[]) {
    this.#trace = trace;
  }

  get state(): Folded {
    return this.#state;
  }

  /** The next events, in one frame or one frame each; to nobody where nobody is there. */
  tell(count: number, packed: boolean, to: FakeSocket | undefined): void {
    const events = this.#trace.slice(this.#told, this.#told + count);
    this.#told += events.length;
    this.#state = events.reduce<Folded>(applyEvent, this.#state);
    if (!to || events.length === 0) return;
    if (packed) to.says({ type: "batch", data: events });
    else for (const event of events) to.says(event);
  }

  /** The answer to a handshake, of which the client may get less than all. */
  welcome(socket: FakeSocket, frames: number): void {
    const { searchParams } = socket.url;
    const after = searchParams.has("after") ? Number(searchParams.get("after")) : undefined;
    const state = after === undefined ? this.#state : undefined;
    const missed = this.#trace
      .slice(0, this.#told)
      .filter((event) => "seq" in event && event.seq > (after ?? Number.POSITIVE_INFINITY));
    const half = Math.ceil(missed.length / 2);
    const all = [
      ready({ headSeq: this.#state?.task.headSeq ?? 0, ...(state && { state }) }),
      { type: "batch", data: missed.slice(0, half) },
      { type: "batch", data: missed.slice(half) },
      { type: "batch", data: state ? [] : momentary(this.#state) },
    ];
    for (const frame of all.slice(0, frames)) socket.says(frame);
  }
}

/** What happens next: events come, or the connection breaks and comes back at some time. */
type Beat = { count: number; packed: boolean } | { away: number; heard: number };

const beat: fc.Arbitrary<Beat> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ count: fc.integer({ min: 1, max: 6 }), packed: fc.boolean() }),
  },
  // How much is missed, and how many frames of the welcome come before it breaks once more.
  { weight: 2, arbitrary: fc.record({ away: fc.nat({ max: 6 }), heard: fc.nat({ max: 4 }) }) },
);
const input = fc.record({
  told: fc.oneof(scenario, changes),
  beats: fc.array(beat, { minLength: 10, maxLength: 60 }),
  replay: fc.boolean(),
});

it("[R1] wherever its connection breaks, the client shows what one that never left shows, and has heard each event once", async ({
  annotate,
}) => {
  let breaks = 0;
  const rule = fc.asyncProperty(input, async ({ told, beats, replay }) => {
    const teller = new Teller(played(told).trace);
    teller.tell(1, false, undefined);
    const { wire, taskroom } = client({ random: () => 0 });
    const room = taskroom.connect(TASK, { replay });
    const seqs: number[] = [];
    room.on("*", (event) => "seq" in event && seqs.push(event.seq));
    const from = replay ? 0 : 1;
    const back = async (frames: number) => {
      await pass();
      teller.welcome(wire.last, frames);
    };
    await back(4);
    for (const item of beats) {
      if ("count" in item) teller.tell(item.count, item.packed, wire.last);
      else {
        breaks += 1;
        wire.last.ends(1006);
        teller.tell(item.away, false, undefined);
        await back(item.heard);
        if (item.heard < 4) {
          wire.last.ends(1006);
          await back(4);
        }
      }
      const shown = room.getSnapshot();
      claim(isDeepStrictEqual(shown.room, teller.state), "as if never away", {
        shown: shown.room,
        never: teller.state,
      });
    }
    const head = teller.state?.task.headSeq ?? 0;
    expect(seqs).toEqual(Array.from({ length: head - from }, (_, i) => from + 1 + i));
    room.close();
  });
  await fc.assert(rule, { numRuns: 150 });
  await annotate(`${breaks} breaks`);
  expect(breaks).toBeGreaterThan(500);
});
