import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connected, holdTime, pass } from "./connected";

holdTime();

const page = new EventTarget();
const document = new EventTarget();

beforeEach(() => {
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("document", document);
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
  vi.stubGlobal("removeEventListener", page.removeEventListener.bind(page));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const wakeUps: [string, () => boolean][] = [
  ["is online again", () => page.dispatchEvent(new Event("online"))],
  ["looks at the page again", () => document.dispatchEvent(new Event("visibilitychange"))],
];

describe.each(wakeUps)("[K1] a browser that %s", (_, wakeUp) => {
  it("comes back at once, without the rest of its wait", async () => {
    const { wire } = await connected();
    wire.last.ends(1006);
    await pass();
    expect(wire.sockets).toHaveLength(1);
    wakeUp();
    await pass();
    expect(wire.sockets).toHaveLength(2);
  });

  it("asks whether its connection has lived through it", async () => {
    const { wire, room } = await connected();
    wire.last.sent.length = 0;
    wakeUp();
    wakeUp();
    expect(wire.last.sent).toEqual(["ping"]);
    await pass(10_000);
    expect(room.getSnapshot().connection.state).toBe("waiting");
  });

  it("does nothing for a connection that is closed", async () => {
    const { wire, room } = await connected();
    wire.last.sent.length = 0;
    room.close();
    wakeUp();
    await pass();
    expect(wire.sockets).toHaveLength(1);
    expect(wire.last.sent).toEqual([]);
  });
});
