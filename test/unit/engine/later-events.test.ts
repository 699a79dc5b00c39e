import { expect, it } from "vitest";
import { applyEvent } from "../../../src/engine/fold/fold";
import { newsFor } from "../../../src/engine/user/news";
import type { LogEvent } from "../../../src/protocol/events";
import { solo } from "../../support/engine-builders";
import { World } from "../../support/engine-world";

/** As a frame brings them: of a type that this version has never heard of. */
function later(seq: number, type: string): LogEvent {
  return JSON.parse(
    JSON.stringify({ type, seq, ts: "2026-01-01T00:00:00.000Z", data: { turnId: "turn_1" } }),
  );
}

it.each(["chat:tomorrow", "phase:paused", "turn:moved", "log:more"])(
  "[L10] %s, which nobody knows, moves the log's head and nothing else",
  (type) => {
    const world = new World(solo());
    world.send();
    const { state } = world.room;
    const event = later(state.task.headSeq + 1, type);
    const after = applyEvent(state, event);
    expect(after).toEqual({ ...state, task: { ...state.task, headSeq: event.seq } });
    expect(newsFor("alice", [event], { room: world.room, turn: () => undefined })).toEqual([]);
  },
);

it("an unknown event before there is a state makes none", () => {
  expect(applyEvent(undefined, later(1, "chat:tomorrow"))).toBeUndefined();
});
