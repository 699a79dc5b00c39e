import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { createClient } from "../../../src/client";
import type { Message } from "../../../src/protocol/message";
import { momentary, ready } from "../../support/fake-room";
import { FakeWire } from "../../support/fake-wire";
import { claim } from "../engine/claim";
import { played, scenario } from "../engine/room-commands";

type Client = { createClient: typeof createClient };

// The last release's build: it has no types here, and its options are this version's still.
const path: string = "../../compat/fixtures/client.js";
const released: Client = await import(path);

it("[L10] the last release's client goes on through whatever this version logs: it loses no message, and its place is right", async () => {
  vi.useFakeTimers();
  const rule = fc.asyncProperty(scenario, fc.nat(), async (told, cut) => {
    const { trace, room } = played(told);
    const { state } = room;
    const wire = new FakeWire();
    const { WebSocket, fetch } = wire;
    const client = released.createClient({
      ...{ url: "https://taskroom.test", token: "t-1", WebSocket, fetch },
    });
    const connection = client.connect(state.task.id, { replay: true });
    await vi.advanceTimersByTimeAsync(0);
    const { last } = wire;
    last.says(ready({ headSeq: 0 }));
    const at = cut % (trace.length + 1);
    last.says({ type: "batch", data: trace.slice(0, at) });
    for (const event of trace.slice(at)) last.says(event);
    last.says({ type: "batch", data: momentary(state) });
    await vi.advanceTimersByTimeAsync(0);
    const shown = connection.getSnapshot();
    expect(shown.connection.state).toBe("open");
    expect(shown.room?.task.headSeq).toBe(state.task.headSeq);
    expect(shown.room?.task.status).toBe(state.task.status);
    expect(shown.room?.openTurns.map(({ id }) => id)).toEqual(state.openTurns.map(({ id }) => id));
    const texts = new Map(shown.room?.messages.map(({ id, content }: Message) => [id, content]));
    const lost = state.messages.filter(({ id, content }) => texts.get(id) !== content);
    claim(lost.length === 0, "every message that stands is shown", lost);
    connection.close();
  });
  await fc.assert(rule, { numRuns: 60 });
  vi.useRealTimers();
});
