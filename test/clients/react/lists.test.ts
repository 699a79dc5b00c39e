import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import type { Task, TaskQuery, UserRoomEvent } from "../../../src/client";
import {
  type NotificationsHere,
  TaskroomProvider,
  type TasksHere,
  useNotifications,
  useTasks,
  useUserEvent,
} from "../../../src/client-react";
import type { FakeWire } from "../../support/fake-wire";
import { onPage, onWire } from "./page";

const { mount, during } = onPage();

let shown: TasksHere | undefined;
function Tasks({ query }: { query?: TaskQuery }) {
  shown = useTasks(query);
  const titles = shown.tasks?.map(({ title, status, waitingFor }) =>
    [title, status, ...(waitingFor ? [waitingFor] : [])].join(" "),
  );
  return createElement("p", null, titles?.join(", ") ?? "…");
}

let news: NotificationsHere | undefined;
function News() {
  news = useNotifications();
  const { unread, notifications } = news;
  return createElement("p", null, `${unread} ${notifications.map(({ title }) => title).join()}`);
}

function Ear({ hears }: { hears: (event: UserRoomEvent) => void }) {
  useUserEvent("task:deleted", hears);
  return null;
}

const task = (id: string, more: Partial<Task> = {}) =>
  ({ id, title: id, status: "RUNNING", ...more }) as Task;

function lists(wire: FakeWire, ids: string[], nextCursor: string | null = null): void {
  const body = { items: ids.map((id) => task(id)), nextCursor };
  wire.answers.set("GET /tasks", { status: 200, body });
}

/** The user's room is there: with a state as for who comes for the first time, or without. */
function isReady(wire: FakeWire, unread = 0, titles: string[] = []): void {
  const notifications = titles.map((title) => ({ id: title, title }));
  const data = { headSeq: 0, epoch: "e", unread, state: { unread, notifications } };
  wire.last.says({ type: "session:ready", ts: "", data });
}

/** Numbers what the user's room says, as it does. */
function told(wire: FakeWire) {
  let seq = 0;
  return (type: string, data: object) =>
    during(() => {
      seq += 1;
      wire.last.says({ type, seq, ts: "", data });
    });
}

const momentary = (type: string, of: Task) => ({ type, ts: "", data: { task: of } });

/** The server takes its time: what it has read by now is answered when the test says so. */
function holdsAnswers(wire: FakeWire): () => void {
  const held = Promise.withResolvers<void>();
  const read = wire.answers.get("GET /tasks");
  wire.answer = async (line) => {
    if (line !== "GET /tasks") return;
    wire.answer = undefined;
    await held.promise;
    return read;
  };
  return held.resolve;
}

const asked = ({ requests }: FakeWire) => requests.map(({ line }) => line);

/** A list that has loaded, and the room that tells of changes. */
async function listed(query: TaskQuery = {}) {
  const { wire, client } = onWire();
  lists(wire, ["one", "two"]);
  const page = mount();
  await page.show(client, createElement(Tasks, { query }));
  await during(() => isReady(wire));
  expect(page.place.textContent).toBe("one RUNNING, two RUNNING");
  return { wire, client, page, tell: told(wire) };
}

describe("useTasks", () => {
  it("is kept up to date by the user's room, without asking again", async () => {
    const { wire, page, tell } = await listed();
    const before = wire.requests.length;
    await tell("task:created", { task: task("three", { status: "PENDING" }) });
    await tell("task:created", { task: task("hidden", { ephemeral: true }) });
    await tell("turn:waiting", { taskId: "two", turnId: "t", waitingFor: "approval" });
    expect(page.place.textContent).toBe("three PENDING, one RUNNING, two RUNNING approval");
    await tell("task:status", { taskId: "two", status: "COMPLETED", previous: "RUNNING" });
    await tell("task:deleted", { taskId: "one" });
    expect(page.place.textContent).toBe("three PENDING, two COMPLETED");
    expect(wire.requests).toHaveLength(before);
  });

  it.each([
    ["another status", { status: ["RUNNING" as const] }, "task:status"],
    ["who waits", { waiting: true }, "turn:waiting"],
    ["a title", { q: "o" }, "task:created"],
    ["any", {}, "task:shared"],
  ])("asks again where only the list can tell: %s", async (_, query, type) => {
    const { wire, page, tell } = await listed(query);
    lists(wire, ["two"]);
    const status = "COMPLETED";
    await tell(type, { taskId: "one", status, task: task("new"), title: "new", role: "viewer" });
    await vi.waitFor(() => expect(page.place.textContent).toBe("two RUNNING"));
  });

  it("shows a task as the user's room has it now: a wait that is over, another title", async () => {
    const { wire, page, tell } = await listed();
    const before = wire.requests.length;
    const updated = (of: Task) => during(() => wire.last.says(momentary("task:updated", of)));
    await updated(task("two", { waitingFor: "approval", epoch: "e", headSeq: 5 }));
    expect(page.place.textContent).toBe("one RUNNING, two RUNNING approval");
    await updated(task("two", { title: "second", epoch: "e", headSeq: 7 }));
    expect(page.place.textContent).toBe("one RUNNING, second RUNNING");
    await updated(task("two", { waitingFor: "approval", epoch: "e", headSeq: 5 }));
    await updated(task("of another list"));
    expect(page.place.textContent).toBe("one RUNNING, second RUNNING");
    await tell("task:status", { taskId: "two", status: "COMPLETED", previous: "RUNNING" });
    expect(shown?.tasks?.[1]).toMatchObject({ status: "COMPLETED" });
    expect(wire.requests).toHaveLength(before);
  });

  it("what a task's last status said goes with that status", async () => {
    const { tell } = await listed();
    const endedAt = "2026-01-01T00:00:00.000Z";
    const stopped = task("new", { status: "COMPLETED", statusReason: "interrupted", endedAt });
    await tell("task:created", { task: stopped });
    await tell("task:status", { taskId: "new", status: "RUNNING", previous: "COMPLETED" });
    expect(shown?.tasks?.[0]).toEqual(task("new"));
  });

  it("asks again whenever the user's room is back: changes that were missed are not told again", async () => {
    const { wire, page } = await listed();
    lists(wire, ["two"]);
    const data = { headSeq: 0, epoch: "e", unread: 0 };
    await during(() => wire.last.says({ type: "session:ready", ts: "", data }));
    await vi.waitFor(() => expect(page.place.textContent).toBe("two RUNNING"));
  });

  it("a page that was read before something was told does not take it back", async () => {
    const { wire, page, tell } = await listed();
    const answer = holdsAnswers(wire);
    await during(() => void shown?.refresh());
    await tell("task:created", { task: task("three") });
    await tell("task:status", { taskId: "two", status: "FAILED", previous: "RUNNING" });
    await tell("task:deleted", { taskId: "one" });
    await during(answer);
    expect(page.place.textContent).toBe("three RUNNING, two FAILED");
  });

  it("is asked for again after a next page that was on its way", async () => {
    const { wire, client } = onWire();
    lists(wire, ["one"], "next");
    const page = mount();
    await page.show(client, createElement(Tasks, {}));
    lists(wire, ["two"]);
    const answer = holdsAnswers(wire);
    await during(() => void shown?.loadMore());
    await during(() => void shown?.refresh());
    await during(answer);
    await vi.waitFor(() => expect(page.place.textContent).toBe("two RUNNING"));
  });

  it("brings the next page, and keeps as many as are shown when it asks again", async () => {
    const { wire, client } = onWire();
    lists(wire, ["one", "two"], "next");
    const page = mount();
    await page.show(client, createElement(Tasks, {}));
    expect(shown).toMatchObject({ hasMore: true, isLoading: false, error: undefined });
    lists(wire, ["three"]);
    await during(() => shown?.loadMore());
    expect(page.place.textContent).toBe("one RUNNING, two RUNNING, three RUNNING");
    expect(shown?.hasMore).toBe(false);
    lists(wire, ["four", "one", "two"], "next");
    await during(() => shown?.refresh());
    expect(page.place.textContent).toBe("four RUNNING, one RUNNING, two RUNNING");
    expect(shown?.hasMore).toBe(true);
  });

  it("says what went wrong, keeps what it has, and mends itself", async () => {
    const { wire, page } = await listed();
    wire.refuses("GET /tasks", 503, "unavailable");
    await during(() => shown?.refresh());
    expect(shown?.error).toMatchObject({ code: "unavailable" });
    expect(page.place.textContent).toBe("one RUNNING, two RUNNING");
    lists(wire, ["three"]);
    await during(() => shown?.refresh());
    expect(shown?.error).toBeUndefined();
    expect(page.place.textContent).toBe("three RUNNING");
  });

  it("is one list and one room for all that ask the same, in StrictMode too", async () => {
    const { wire, client } = onWire();
    lists(wire, ["one"]);
    const page = mount();
    const list = (key: string, query: TaskQuery) => createElement(Tasks, { key, query });
    await page.show(client, [list("a", { limit: 5 }), list("b", { limit: 5 })]);
    expect(asked(wire)).toEqual(["GET /tasks"]);
    await page.show(client, [list("a", { limit: 5 }), list("b", { limit: 7 })]);
    expect(asked(wire)).toEqual(["GET /tasks", "GET /tasks"]);
    expect(wire.sockets).toHaveLength(1);
    await page.unmount();
    await vi.waitFor(() => expect(wire.sockets.map(({ closed }) => closed)).toEqual([true]));
  });
});

describe("useNotifications", () => {
  it("shows what is unread, and acknowledges it for all devices", async () => {
    const { wire, client } = onWire();
    const page = mount();
    await page.show(client, createElement(News));
    await during(() => isReady(wire, 1, ["done"]));
    expect(page.place.textContent).toBe("1 done");
    wire.answers.set("POST /notifications/ack", { status: 200, body: { unread: 0 } });
    expect(await news?.ack({ upTo: "done" })).toEqual({ unread: 0 });
    await during(() => wire.last.says({ type: "unread", ts: "", data: { count: 0 } }));
    expect(page.place.textContent).toBe("0 ");
  });

  it("useUserEvent hears beside it, over the same connection", async () => {
    const { wire, client } = onWire();
    const heard: unknown[] = [];
    const page = mount();
    const ear = createElement(Ear, { key: "ear", hears: ({ data }) => heard.push(data) });
    await page.show(client, [createElement(News, { key: "news" }), ear]);
    await during(() => isReady(wire));
    await told(wire)("task:deleted", { taskId: "one" });
    expect(heard).toEqual([{ taskId: "one" }]);
    expect(wire.sockets).toHaveLength(1);
  });
});

it("on a server nothing is asked for, and nothing is opened", async () => {
  const { wire, client } = onWire();
  const children = [createElement(Tasks, { key: "a" }), createElement(News, { key: "b" })];
  const page = createElement(TaskroomProvider, { client }, children);
  expect(renderToString(page)).toBe("<p>…</p><p>0 </p>");
  await new Promise((resolve) => setTimeout(resolve));
  expect([wire.sockets, wire.requests]).toEqual([[], []]);
});
