import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import type { RoomEvent } from "../../../src/protocol/events";
import { type RoomState, roomState } from "../../../src/protocol/room-state";
import { momentary } from "../../support/fake-room";
import { claim } from "./claim";
import { played, scenario } from "./room-commands";

type Folded = RoomState | undefined;

/** The states of a client that never left: before the first event, and after each. */
function statesOf(trace: RoomEvent[]): Folded[] {
  const states: Folded[] = [undefined];
  for (const event of trace) states.push(applyEvent(states.at(-1), event));
  return states;
}

/** What a client that comes back gets: the log that it missed, then what is momentary. */
function missed(trace: RoomEvent[], from: number, now: Folded): RoomEvent[] {
  return [...trace.slice(from).filter((event) => "seq" in event), ...momentary(now)];
}

function overTheWire(state: Folded): Folded {
  return state && roomState.parse(JSON.parse(JSON.stringify(state)));
}

describe("for every point at which a client may lose its connection", () => {
  it("what it had and what it gets later fold to the state of one that never left", () => {
    const rule = fc.property(scenario, fc.nat(), (input, pick) => {
      const { trace } = played(input);
      const states = statesOf(trace);
      for (const [from, had] of states.entries()) {
        for (const to of [trace.length, from + (pick % (trace.length - from + 1))]) {
          const late = missed(trace.slice(0, to), from, states[to]).reduce<Folded>(applyEvent, had);
          claim(isDeepStrictEqual(late, states[to]), "resumed as if never away", {
            from,
            late,
            never: states[to],
          });
        }
      }
    });
    fc.assert(rule, { numRuns: 250 });
  });

  it("a snapshot taken there and all that follows fold to the same state", () => {
    const rule = fc.property(scenario, (input) => {
      const { trace } = played(input);
      const states = statesOf(trace);
      const whole = states.at(-1);
      for (const [cut, state] of states.entries()) {
        const snapshot = overTheWire(state);
        claim(isDeepStrictEqual(snapshot, state), "a state is plain data of the schema", state);
        if (cut % 7 > 0) continue;
        const later = trace.slice(cut).reduce<Folded>(applyEvent, snapshot);
        claim(isDeepStrictEqual(later, whole), "the snapshot goes on", { cut, later, whole });
      }
    });
    fc.assert(rule, { numRuns: 150 });
  });

  it("events that it has already had change nothing", () => {
    const rule = fc.property(scenario, (input) => {
      const { log } = played(input);
      const whole = log.reduce<Folded>(applyEvent, undefined);
      const twice = log.reduce<Folded>(applyEvent, whole);
      claim(twice === whole, "nothing changed", { whole, twice });
    });
    fc.assert(rule, { numRuns: 200 });
  });
});
