import { createElement, type ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import type { ConnectOptions } from "../../../src/client";
import {
  type RoomActions,
  type RoomHere,
  TaskroomProvider,
  useRoom,
  useRoomActions,
  useRoomEvent,
  useRoomSelector,
  useTaskroom,
} from "../../../src/client-react";
import type { RoomState } from "../../../src/protocol/room-state";
import { ready, TS } from "../../support/fake-room";
import type { FakeSocket } from "../../support/fake-wire";
import { onPage, onWire } from "./page";

const { mount, hydrate, during } = onPage();

const STATE = {
  task: { id: "task_1", title: "A task", headSeq: 0, epoch: "e1" },
  openTurns: [],
  streams: [],
  messages: [],
} as unknown as RoomState;

/** Every way a room was shown, in order. */
let shown: RoomHere[] = [];
function Room({ id }: { id: string | undefined }) {
  const room = useRoom(id);
  shown.push(room);
  return createElement("p", null, `${room.connection.state} ${room.room?.task.title ?? "…"}`);
}

function Names({ seen }: { seen: (names: string[]) => void }) {
  const names = useRoomSelector(
    "task_1",
    ({ presence }) => presence.map(({ userId }) => userId),
    (one, other) => one.join() === other.join(),
  );
  seen(names);
  return createElement("p", null, names.join());
}

function Ear({ hears }: { hears: (userId: string) => void }) {
  useRoomEvent("task_1", "presence", ({ data }) => hears(data.userId));
  return null;
}

function Button({ give }: { give: (actions: RoomActions) => void }) {
  give(useRoomActions("task_1"));
  return null;
}

function Alone() {
  return createElement("p", null, typeof useTaskroom());
}

function says(socket: FakeSocket): void {
  socket.says(ready({ state: STATE }));
}

const open = (wire: { sockets: FakeSocket[] }) => wire.sockets.filter(({ closed }) => !closed);

/** A room with options, and within it whatever needs it too. */
function Outer({ options, children }: { options: ConnectOptions; children?: ReactNode }) {
  const { connection } = useRoom("task_1", options);
  return createElement("div", null, connection.state, children);
}

describe("the options of a room", () => {
  const recovery = { get: () => "kept", set: () => undefined };
  const resumes = (socket: FakeSocket) => socket.protocols.includes("taskroom.resume.kept");

  it("count also where a component below is the first that needs it", async () => {
    const { wire, client } = onWire();
    const page = mount();
    const ear = createElement(Ear, { hears: () => undefined });
    await page.show(client, createElement(Outer, { options: { recovery } }, ear));
    expect(wire.sockets.map(resumes)).toEqual([true]);
    // Another object with every render opens nothing anew.
    await page.show(client, createElement(Outer, { options: { recovery } }, ear));
    expect(wire.sockets).toHaveLength(1);
  });

  it("go with their component", async () => {
    const { wire, client } = onWire();
    const page = mount();
    await page.show(client, createElement(Outer, { options: { recovery } }));
    await page.show(client, null);
    await vi.waitFor(() => expect(open(wire)).toEqual([]));
    await page.show(client, createElement(Room, { id: "task_1" }));
    expect(wire.sockets.map(resumes)).toEqual([true, false]);
  });
});

describe("useRoom", () => {
  it("opens one room in StrictMode, shows it, and closes it with its component", async () => {
    const { wire, client } = onWire();
    const connect = vi.spyOn(client, "connect");
    const page = mount();
    await page.show(client, createElement(Room, { id: "task_1" }));
    expect(page.place.textContent).toBe("connecting …");
    expect(connect).toHaveBeenCalledTimes(1);
    expect(wire.sockets).toHaveLength(1);
    await during(() => says(wire.last));
    expect(page.place.textContent).toBe("open A task");
    await page.unmount();
    expect(wire.sockets.map(({ closed }) => closed)).toEqual([true]);
  });

  it("is one room for all components that show it", async () => {
    const { wire, client } = onWire();
    const page = mount();
    const room = (key: string) => createElement(Room, { id: "task_1", key });
    await page.show(client, [room("a"), room("b")]);
    await during(() => says(wire.last));
    expect(page.place.textContent).toBe("open A taskopen A task");
    await page.show(client, [room("b")]);
    expect(open(wire)).toHaveLength(1);
    await page.show(client, [room("b"), room("c")]);
    expect(wire.sockets).toHaveLength(1);
    expect(page.place.textContent).toBe("open A taskopen A task");
  });

  it("goes over to another room when its id changes, and to none", async () => {
    const { wire, client } = onWire();
    const page = mount();
    await page.show(client, createElement(Room, { id: "task_1" }));
    await during(() => says(wire.last));
    await page.show(client, createElement(Room, { id: "task_2" }));
    expect(page.place.textContent).toBe("connecting …");
    await vi.waitFor(() =>
      expect(open(wire).map(({ url }) => url.pathname)).toEqual(["/api/v1/tasks/task_2/chat"]),
    );
    await page.show(client, createElement(Room, { id: undefined }));
    await vi.waitFor(() => expect(open(wire)).toEqual([]));
    expect(page.place.textContent).toBe("closed …");
    const nowhere = shown.at(-1)?.send("hello");
    await expect(nowhere).rejects.toMatchObject({ code: "closed" });
  });

  it("comes to nothing when its component leaves before it has a token", async () => {
    let give: (token: string) => void = () => undefined;
    const { wire, client } = onWire(() => new Promise((resolve) => (give = resolve)));
    const page = mount();
    await page.show(client, createElement(Room, { id: "task_1" }));
    await page.unmount();
    await during(() => give("t-1"));
    expect(wire.sockets).toEqual([]);
  });

  it("is opened anew by another client, as after a change of the token", async () => {
    const [before, after] = [onWire("t-1"), onWire("t-2")];
    const page = mount();
    await page.show(before.client, createElement(Room, { id: "task_1" }));
    await during(() => says(before.wire.last));
    await page.show(after.client, createElement(Room, { id: "task_1" }));
    await during(() => says(after.wire.last));
    expect(after.wire.last.protocols).toContain("taskroom.bearer.t-2");
    await vi.waitFor(() => expect(open(before.wire)).toEqual([]));
    expect(page.place.textContent).toBe("open A task");
  });

  it("has the same functions whatever is said, and the same object until something is", async () => {
    const { wire, client } = onWire();
    const page = mount();
    shown = [];
    await page.show(client, createElement(Room, { id: "task_1" }));
    await during(() => says(wire.last));
    const before = shown.at(-1);
    await page.show(client, createElement(Room, { id: "task_1" }));
    expect(shown.at(-1)).toBe(before);
    await during(() => {
      const data = { userId: "bob", state: "joined", connections: 1 };
      wire.last.says({ type: "presence", ts: TS, data });
    });
    expect(shown.at(-1)?.presence).toHaveLength(1);
    const { send, cancel, typing, loadOlder, messages } = shown.at(-1) ?? {};
    expect({ send, cancel, typing, loadOlder, messages }).toEqual({
      ...{ send: before?.send, cancel: before?.cancel, typing: before?.typing },
      ...{ loadOlder: before?.loadOlder, messages: before?.messages },
    });
    expect(messages).toBe(before?.messages);
  });

  it("stays open for a message that is on its way, and closes when it has arrived", async () => {
    const { wire, client } = onWire();
    const page = mount();
    await page.show(client, createElement(Room, { id: "task_1" }));
    await during(() => says(wire.last));
    const sent = shown.at(-1)?.send("on my way out");
    await page.unmount();
    expect(open(wire)).toHaveLength(1);
    const ref = wire.last.commands.at(-1)?.id;
    const data = { messageId: "m", turnId: "t", duplicate: false };
    wire.last.says({ type: "ack", ref, data });
    expect(await sent).toEqual(data);
    await vi.waitFor(() => expect(open(wire)).toEqual([]));
  });

  it("shows a room's own end, and what the client itself cannot do", async () => {
    const { wire, client } = onWire("t-1");
    const page = mount();
    await page.show(client, createElement(Room, { id: "task_1" }));
    await during(() => wire.last.ends(4410, "deleted"));
    expect(shown.at(-1)?.connection).toMatchObject({
      state: "closed",
      closed: { code: "deleted" },
    });
  });
});

describe("beside it", () => {
  it("useRoomSelector renders anew only where its part is another", async () => {
    const { wire, client } = onWire();
    const page = mount();
    const parts: string[][] = [];
    await page.show(client, createElement(Names, { seen: (names) => parts.push(names) }));
    await during(() => says(wire.last));
    const before = parts.length;
    const joins = (userId: string, state = "joined") =>
      during(() => {
        wire.last.says({ type: "presence", ts: TS, data: { userId, state, connections: 1 } });
      });
    await joins("bob");
    expect(page.place.textContent).toBe("bob");
    const after = parts.length;
    expect(after).toBeGreaterThan(before);
    await joins("bob", "typing");
    await joins("bob", "joined");
    expect(parts).toHaveLength(after);
  });

  it("useRoomEvent tells the newest listener, and keeps its room open", async () => {
    const { wire, client } = onWire();
    const page = mount();
    const heard: string[] = [];
    const ear = (name: string) =>
      createElement(Ear, { hears: (userId) => heard.push(`${name} ${userId}`) });
    await page.show(client, ear("one"));
    await page.show(client, ear("two"));
    expect(wire.sockets).toHaveLength(1);
    await during(() => says(wire.last));
    const data = { userId: "bob", state: "joined", connections: 1 };
    await during(() => wire.last.says({ type: "presence", ts: TS, data }));
    expect(heard).toEqual(["two bob"]);
  });

  it("useRoomActions does what is asked without showing the room", async () => {
    const { wire, client } = onWire();
    const page = mount();
    const given: RoomActions[] = [];
    await page.show(client, createElement(Button, { give: (actions) => given.push(actions) }));
    expect(wire.sockets).toEqual([]);
    const sent = given[0]?.send("hello");
    await vi.waitFor(() => expect(wire.sockets).toHaveLength(1));
    says(wire.last);
    wire.last.says({ type: "ack", ref: wire.last.commands.at(-1)?.id, data: { turnId: "t" } });
    expect(await sent).toEqual({ turnId: "t" });
    await vi.waitFor(() => expect(open(wire)).toEqual([]));
  });

  it("useTaskroom says what is missing where there is no provider", () => {
    expect(() => renderToString(createElement(Alone))).toThrow("no <TaskroomProvider");
  });
});

describe("on a server", () => {
  it("nothing is opened, and a browser goes on from what was rendered", async () => {
    const served = onWire();
    const room = createElement(Room, { id: "task_1" });
    const html = renderToString(createElement(TaskroomProvider, { client: served.client }, room));
    expect(html).toBe("<p>connecting …</p>");
    await new Promise((resolve) => setTimeout(resolve));
    expect([served.wire.sockets, served.wire.requests]).toEqual([[], []]);

    const { wire, client } = onWire();
    const { mounted, complaints } = await hydrate(html, client, room);
    await during(() => says(wire.last));
    expect(mounted.place.textContent).toBe("open A task");
    expect(complaints).toEqual([]);
    expect(wire.sockets).toHaveLength(1);
  });
});
