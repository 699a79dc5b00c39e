import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { erase, isErased } from "../../../src/history/erase";
import { findMessageSeq, readMessages } from "../../../src/history/messages";
import { type Projection, project } from "../../../src/history/projector";
import { listTasks } from "../../../src/history/tasks";
import type { Message } from "../../../src/protocol/message";
import type { Task } from "../../../src/protocol/task";
import { aMessage, aProjection, aTask, clear, everything, START, stored } from "./build";

const DELETED_AT = "2026-11-02T00:00:00.000Z";

async function messagesOf(taskId: string): Promise<Message[]> {
  return (await readMessages(env.DB, taskId, { limit: 200 })).items;
}

async function onlyTask(userId = "alice"): Promise<Task | undefined> {
  const listed = await listTasks(env.DB, userId, { limit: 2 });
  if (!listed.ok) throw new Error(listed.refusal.message);
  return listed.value.items[0];
}

beforeEach(clear);

describe("what is projected reads back as it was", () => {
  it("a task with every member, in the caller's role", async () => {
    const task = aTask({
      status: "RUNNING",
      statusReason: "because",
      labels: { env: "prod", __x: "" },
      metadata: { nested: { list: [1, null, "x"] } },
      startedAt: "2026-11-01T00:00:01.000Z",
      endedAt: "2026-11-01T00:00:02.000Z",
      progress: 40,
      activeTurnId: aMessage("", 1).turnId,
    });
    await stored({ ...task, role: "viewer" });
    expect(await onlyTask()).toEqual({ ...task, role: "owner" });
  });

  it("a message with every member, whatever its text holds", async () => {
    const task = await stored(aTask());
    const full = aMessage(task.id, 1, {
      role: "assistant",
      content: "nul \u0000, quote ' \" ` ; -- 😀 \u2028",
      thinking: "…",
      author: { userId: "al'ice", name: "A" },
      bot: "system/assistant",
      metadata: { model: "m", usage: { inputTokens: 1 }, tools: [] },
    });
    const bare = aMessage(task.id, 2, { status: "failed", content: "" });
    await stored({ ...task, headSeq: 2 }, { messages: [full, bare] });
    expect(await messagesOf(task.id)).toEqual([full, bare]);
  });

  it("more messages and members than one statement may bind", async () => {
    const task = aTask({ headSeq: 60 });
    const messages = Array.from({ length: 60 }, (_, i) => aMessage(task.id, i + 1));
    const members = Array.from({ length: 150 }, (_, i) => ({
      userId: `user-${i}`,
      role: "viewer" as const,
    }));
    await stored(task, { messages, members });
    expect(await messagesOf(task.id)).toEqual(messages);
    expect(await onlyTask("user-149")).toMatchObject({ id: task.id, role: "viewer" });
  });

  it("very many, and very long ones, in batches of few statements and few megabytes", async () => {
    const batch = vi.spyOn(env.DB, "batch");
    const task = aTask({ headSeq: 1000 });
    const long = (seq: number) => (seq % 200 === 0 ? { content: "漢".repeat(300_000) } : {});
    const messages = Array.from({ length: 700 }, (_, i) => aMessage(task.id, i + 1, long(i + 1)));
    await stored(task, { messages });
    expect(batch.mock.calls.length).toBeGreaterThan(2);
    for (const [statements] of batch.mock.calls) expect(statements.length).toBeLessThanOrEqual(50);
    vi.restoreAllMocks();
    // The same again, as after a crash between two of them, changes nothing.
    await stored(task, { messages });
    const query = "SELECT count(*) AS n, max(octet_length(content)) AS most FROM messages";
    expect(await env.DB.prepare(query).first()).toEqual({ n: 700, most: 900_000 });
  });

  it("in one batch, whatever there is to write", async () => {
    const batch = vi.spyOn(env.DB, "batch");
    const prepare = vi.spyOn(env.DB, "prepare");
    const task = aTask({ labels: { a: "b" } });
    const messages = [1, 2, 3].map((seq) => aMessage(task.id, seq));
    await stored(task, { messages, removedMessageIds: [aMessage(task.id, 9).id] });
    expect(batch).toHaveBeenCalledTimes(1);
    expect(batch.mock.calls[0]?.[0]).toHaveLength(prepare.mock.calls.length);
    vi.restoreAllMocks();
  });
});

describe("a later projection replaces an earlier one", () => {
  it("labels and members come, change and go", async () => {
    const task = aTask({ labels: { a: "1", b: "2" } });
    await stored(task, {
      members: [
        { userId: "alice", role: "owner" },
        { userId: "bob", role: "viewer" },
        { userId: "carol", role: "viewer" },
      ],
    });
    await stored(
      { ...task, headSeq: 2, labels: { b: "3", c: "4" } },
      {
        members: [
          { userId: "alice", role: "owner" },
          { userId: "bob", role: "editor" },
        ],
      },
    );
    expect(await onlyTask("bob")).toMatchObject({ role: "editor", labels: { b: "3", c: "4" } });
    expect(await onlyTask("carol")).toBeUndefined();
    const of = (label: { key: string; value: string }) =>
      listTasks(env.DB, "bob", { limit: 1, label: [label] });
    expect(await of({ key: "c", value: "4" })).toMatchObject({ value: { items: [{}] } });
    expect(await of({ key: "a", value: "1" })).toMatchObject({ value: { items: [] } });
  });

  it.each<[string, Partial<Projection>]>([
    ["are sent again", {}],
    ["are said not to have changed", { members: [], membersChanged: false }],
  ])("members that %s stay, and are listed by the new status", async (_name, over) => {
    const task = await stored(aTask());
    await stored({ ...task, headSeq: 2, status: "RUNNING" }, over);
    const running = await listTasks(env.DB, "alice", { limit: 1, status: ["RUNNING"] });
    expect(running).toMatchObject({ value: { items: [{ id: task.id, role: "owner" }] } });
  });

  it("a new title is found and the old one is not, by every member and nobody else", async () => {
    const task = await stored(aTask({ title: "Morning" }));
    const members = [
      { userId: "alice", role: "owner" as const },
      { userId: "bob", role: "viewer" as const },
    ];
    await stored({ ...task, headSeq: 2, title: "Evening" }, { members });
    const found = async (userId: string, q: string) => {
      const outcome = await listTasks(env.DB, userId, { limit: 5, q });
      return outcome.ok && outcome.value.items.length;
    };
    for (const { userId } of members) {
      expect([await found(userId, "even"), await found(userId, "morn")]).toEqual([1, 0]);
    }
    expect(await found("carol", "even")).toBe(0);
    await erase(env.DB, task.id, DELETED_AT);
    const left = await env.DB.prepare("SELECT count(*) AS n FROM task_search").first();
    expect(left).toEqual({ n: 0 });
  });

  it("what a task has no more is cleared", async () => {
    const task = await stored(aTask({ progress: 5, statusReason: "x" }));
    const { progress, statusReason, ...rest } = task;
    await stored({ ...rest, headSeq: 2 });
    expect(await onlyTask()).toEqual({ ...rest, headSeq: 2, role: "owner" });
  });

  it("a message that was rewritten comes back under its id with a higher seq", async () => {
    const task = aTask();
    const first = aMessage(task.id, 1, { content: "old" });
    await stored(task, { messages: [first] });
    const again = { ...first, seq: 5, content: "new" };
    await stored({ ...task, headSeq: 5 }, { messages: [again], removedMessageIds: [first.id] });
    expect(await messagesOf(task.id)).toEqual([again]);
    expect(await findMessageSeq(env.DB, task.id, first.id)).toBe(5);
  });

  it("a message does not go back, whatever a newer projection says", async () => {
    const task = aTask({ headSeq: 5 });
    const message = aMessage(task.id, 5);
    await stored(task, { messages: [message] });
    const stale = { ...message, seq: 4, content: "old" };
    await stored({ ...task, headSeq: 6 }, { messages: [stale] });
    expect(await messagesOf(task.id)).toEqual([message]);
  });

  it("a task whose log began anew is written although its numbers are lower", async () => {
    const task = await stored(aTask({ headSeq: 50 }));
    await stored({ ...task, headSeq: 1, epoch: "e2", title: "reborn" });
    expect(await onlyTask()).toMatchObject({ title: "reborn", epoch: "e2" });
  });
});

describe("a projection that is no news changes nothing", () => {
  const task = aTask({ headSeq: 10, labels: { a: "1" } });
  const kept = aMessage(task.id, 10);
  const removed = aMessage(task.id, 4);
  const old: Projection = aProjection(
    { ...task, headSeq: 5, title: "old", status: "RUNNING", labels: { z: "9" } },
    {
      throughSeq: 5,
      members: [{ userId: "mallory", role: "owner" }],
      messages: [removed, { ...kept, seq: 5, content: "old" }],
      removedMessageIds: [],
      wakeAt: START,
    },
  );
  const latest = aProjection(task, { messages: [kept], removedMessageIds: [removed.id] });

  it.each<[string, Projection]>([
    ["the same again", latest],
    ["an older one, with what was removed and rewritten since", old],
    [
      "an older one that removes what was rewritten since",
      { ...old, removedMessageIds: [kept.id] },
    ],
    ["an older one of unchanged members", { ...old, membersChanged: false }],
  ])("%s", async (_name, again) => {
    await project(env.DB, old);
    await project(env.DB, latest);
    const before = await everything();
    await project(env.DB, again);
    expect(await everything()).toEqual(before);
  });

  it("a message of another task keeps its row, whatever id a projection names", async () => {
    await project(env.DB, latest);
    const other = aTask({ headSeq: 99 });
    await stored(other, {
      messages: [{ ...kept, taskId: other.id, seq: 99 }],
      removedMessageIds: [kept.id],
    });
    expect(await messagesOf(task.id)).toEqual([kept]);
  });
});

describe("an erased task stays erased", () => {
  it("all its rows go, those of others stay", async () => {
    const other = await stored(aTask({ labels: { a: "b" } }));
    await stored(other, { messages: [aMessage(other.id, 1)] });
    const before = await everything();
    const task = aTask({ labels: { a: "b" } });
    await stored(task, { messages: [aMessage(task.id, 1)] });
    await erase(env.DB, task.id, DELETED_AT);
    expect(await everything()).toEqual(before);
    expect([await isErased(env.DB, task.id), await isErased(env.DB, other.id)]).toEqual([
      true,
      false,
    ]);
  });

  it("a late projection writes nothing, even before the first", async () => {
    const task = aTask({ headSeq: 7, labels: { a: "b" } });
    await erase(env.DB, task.id, DELETED_AT);
    await stored(task, { messages: [aMessage(task.id, 7)] });
    await stored(task, { messages: [aMessage(task.id, 8)], membersChanged: false });
    expect((await everything()).flat()).toEqual([]);
  });

  it("again changes nothing, not even the time", async () => {
    const task = await stored(aTask());
    await erase(env.DB, task.id, DELETED_AT);
    await erase(env.DB, task.id, "2027-01-01T00:00:00.000Z");
    const row = await env.DB.prepare("SELECT deleted_at FROM deleted_tasks").all();
    expect(row.results).toEqual([{ deleted_at: DELETED_AT }]);
  });
});

describe("[ED1] messages that were superseded", () => {
  const by = `msg_${"0".repeat(26)}`;
  const other = `turn_${"1".repeat(26)}`;

  async function marks(taskId: string): Promise<(string | undefined)[]> {
    const { items } = await readMessages(env.DB, taskId, { limit: 200, superseded: true });
    return items.map(({ supersededBy }) => supersededBy);
  }

  it("are so from then on, whether they come with it or were there; told again, the first mark stays", async () => {
    const task = await stored(aTask({ headSeq: 3 }));
    const [old, stays, fresh] = [1, 2, 4].map((seq) => aMessage(task.id, seq));
    if (!old || !stays || !fresh) throw new Error("unreachable");
    await stored(task, { messages: [old, stays] });
    const superseded = [{ by, messageIds: [old.id, fresh.id] }];
    const later = { ...task, headSeq: 5 };
    const told = { messages: [{ ...fresh, supersededBy: by }], superseded };
    await stored(later, told);
    expect(await marks(task.id)).toEqual([by, undefined, by]);
    expect(await messagesOf(task.id)).toEqual([stays]);
    const before = await everything();
    await stored(later, told);
    expect(await everything()).toEqual(before);
    // A message that was told without its mark, as by a try whose answer was lost.
    await stored(
      { ...task, headSeq: 6 },
      { superseded: [{ by: other, messageIds: [old.id, stays.id] }] },
    );
    expect(await marks(task.id)).toEqual([by, other, by]);
  });

  it("of another task are left alone, and what is outdated marks nothing", async () => {
    const task = await stored(aTask({ headSeq: 3 }), {});
    const message = aMessage(task.id, 1);
    await stored(task, { messages: [message] });
    const superseded = [{ by, messageIds: [message.id] }];
    await stored(aTask({ headSeq: 9 }), { superseded });
    await stored({ ...task, headSeq: 2 }, { superseded });
    expect(await marks(task.id)).toEqual([undefined]);
  });
});
