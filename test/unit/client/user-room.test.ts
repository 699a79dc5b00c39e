import { describe, expect, it } from "vitest";
import type { ClientOptions, FetchLike } from "../../../src/client";
import { TS } from "../../support/fake-room";
import { client, holdTime, pass } from "./connected";

holdTime();

const note = (id: string, taskId = "task_1") => ({
  id,
  taskId,
  kind: "task_completed",
  title: `Completed: ${id}`,
  createdAt: TS,
});
const ready = (data: object = {}) => ({
  type: "session:ready",
  ts: TS,
  data: { headSeq: 4, epoch: "u1", unread: 0, ...data },
});
const told = (seq: number, id: string, taskId?: string) => ({
  type: "notification",
  seq,
  ts: TS,
  data: { notification: note(id, taskId) },
});
const unread = (count: number) => ({ type: "unread", ts: TS, data: { count } });
const batch = (...data: object[]) => ({ type: "batch", data });

/** An answer of REST. */
function listOf(names: string[]) {
  const items = names.map((name) => note(name));
  const text = async () => JSON.stringify({ items, nextCursor: null });
  return { ok: true, status: 200, headers: new Headers(), text };
}

async function connected(options: Partial<ClientOptions> = {}) {
  const { wire, taskroom } = client(options);
  const user = taskroom.connectUser();
  await pass();
  wire.last.says(ready({ unread: 1, state: { unread: 1, notifications: [note("ntf_1")] } }));
  const ids = () => user.getSnapshot().notifications.map(({ id }) => id);
  return { wire, user, ids };
}

describe("the user's own room", () => {
  it("starts from what is unread and adds what comes, newest first", async () => {
    const { wire, user, ids } = await connected();
    const heard: unknown[] = [];
    user.on("notification", ({ data }) => heard.push(data.notification.id));
    wire.last.says(batch(told(5, "ntf_2"), unread(2)));
    expect(user.getSnapshot()).toMatchObject({ connection: { state: "open" }, unread: 2 });
    expect(ids()).toEqual(["ntf_2", "ntf_1"]);
    expect(heard).toEqual(["ntf_2"]);
  });

  it("has a notification once, also where a list that was asked for had it before it was told", async () => {
    const { wire, ids } = await connected({ fetch: async () => listOf(["ntf_3", "ntf_2"]) });
    wire.last.says(told(5, "ntf_2"));
    // Another device has read one.
    wire.last.says(unread(1));
    await pass();
    wire.last.says(told(6, "ntf_3"));
    expect(ids()).toEqual(["ntf_3", "ntf_2"]);
  });

  it("resumes after the last event that it heard, and hears none twice", async () => {
    const { wire, ids } = await connected();
    wire.last.says(told(5, "ntf_2"));
    wire.last.ends(1006);
    await pass(500);
    expect(wire.last.url.pathname + wire.last.url.search).toBe(
      "/api/v1/user/notifications?after=5&epoch=u1",
    );
    wire.last.says(ready({ headSeq: 6, unread: 3 }));
    wire.last.says(batch(told(5, "ntf_2"), told(6, "ntf_3")));
    expect(ids()).toEqual(["ntf_3", "ntf_2", "ntf_1"]);
  });

  it("resumes when an event is missing", async () => {
    const { wire } = await connected();
    wire.last.says(told(7, "ntf_4"));
    await pass(500);
    expect(wire.last.url.search).toBe("?after=4&epoch=u1");
  });

  it("starts anew where its place is not known any more", async () => {
    const { wire, user, ids } = await connected();
    const state = { unread: 0, notifications: [] };
    wire.last.says({
      type: "history:reset",
      ts: TS,
      data: { headSeq: 1, epoch: "u2", unread: 0, state, reason: "" },
    });
    expect(ids()).toEqual([]);
    wire.last.says(told(2, "ntf_9"));
    expect(ids()).toEqual(["ntf_9"]);
    expect(user.getSnapshot().connection.state).toBe("open");
  });

  it("asks which are left when another device has acknowledged some", async () => {
    const { wire, ids } = await connected();
    wire.last.says(batch(told(5, "ntf_2"), told(6, "ntf_3"), unread(3)));
    expect(wire.requests).toEqual([]);
    wire.answers.set("GET /notifications", {
      status: 200,
      body: { items: [note("ntf_2")], nextCursor: null },
    });
    wire.last.says(unread(1));
    await pass();
    expect(ids()).toEqual(["ntf_2"]);
    wire.last.says(unread(0));
    expect(ids()).toEqual([]);
  });

  it("keeps what comes while it asks, and asks once more", async () => {
    const asked: ((...names: string[]) => void)[] = [];
    const fetch: FetchLike = () =>
      new Promise((resolve) => asked.push((...names) => resolve(listOf(names))));
    const { wire, ids } = await connected({ fetch });
    wire.last.says(batch(told(5, "ntf_2"), told(6, "ntf_3"), unread(3)));
    wire.last.says(unread(1));
    await pass();
    wire.last.says(batch(told(7, "ntf_4"), unread(2)));
    asked[0]?.("ntf_2");
    await pass();
    expect(ids()).toEqual(["ntf_4", "ntf_3", "ntf_2", "ntf_1"]);
    asked[1]?.("ntf_4", "ntf_2");
    await pass();
    expect(ids()).toEqual(["ntf_4", "ntf_2"]);
    expect(asked).toHaveLength(2);
  });

  it("forgets what was about a task that is gone", async () => {
    const { wire, ids } = await connected();
    wire.last.says(batch(told(5, "ntf_2", "task_2"), unread(2)));
    wire.last.says({ type: "task:deleted", seq: 6, ts: TS, data: { taskId: "task_1" } });
    expect(ids()).toEqual(["ntf_2"]);
  });

  it("asks over REST why it was refused", async () => {
    const { wire, taskroom } = client();
    const user = taskroom.connectUser();
    await pass();
    wire.refuses("GET /notifications", 401, "unauthorized");
    wire.last.ends(1006);
    await pass();
    expect(user.getSnapshot().connection).toMatchObject({
      state: "closed",
      closed: { code: "unauthorized" },
    });
  });

  it("ends when the caller says so", async () => {
    const { wire, user } = await connected();
    user.close();
    user.reconnectNow();
    await pass(120_000);
    expect(wire.sockets).toHaveLength(1);
  });
});
