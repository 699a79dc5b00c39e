import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { createClient, type Taskroom } from "../../../src/client";
import { logEvent } from "../../../src/protocol/events";
import { file } from "../../../src/protocol/files/file";
import { message } from "../../../src/protocol/message";
import { apiKey, createdApiKey } from "../../../src/protocol/rest/api-keys";
import { loggedEntry } from "../../../src/protocol/rest/list-logs";
import { taskStats } from "../../../src/protocol/rest/stats";
import { session } from "../../../src/protocol/session";
import { task } from "../../../src/protocol/task";
import { turn } from "../../../src/protocol/turn";
import { createdWebhook, delivery, webhook } from "../../../src/protocol/webhooks";
import { shownResource } from "../../../src/resources/resource";
import { ORIGIN, RoomClient, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let taskroom: Taskroom;

beforeAll(async () => {
  taskroom = client(await tokenOf({ sub: "alice" }));
});

function client(token: string): Taskroom {
  return createClient({
    url: ORIGIN,
    token,
    fetch: (url, init) => exports.default.fetch(url, init),
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await scheduler.wait(5);
}

describe("each typed call reaches what it names, and its answer is of the type that it says", () => {
  const page = <Item extends z.ZodType>(item: Item) =>
    z.object({ items: z.array(item).min(1), nextCursor: z.string().nullable() });

  it("tasks and turns", async () => {
    const { tasks, turns } = taskroom;
    const made = await tasks.create(
      { title: "All of it", teamRef: "system/assistant", labels: { of: "client" } },
      { idempotencyKey: "all-of-it" },
    );
    const { id } = task.strict().parse(made);
    const model = new ScriptedModel();
    control.model = model.callAgent;
    const begun = z.object({ turn }).parse(await tasks.execute(id, { input: "go" })).turn;
    (await model.attempt(1)).say("one ");
    expect((await turns.get(id, begun.id)).id).toBe(begun.id);
    expect((await turns.guide(id, begun.id, "shorter")).turn.id).toBe(begun.id);
    expect((await turns.interrupt(id, begun.id, "enough")).turn).toMatchObject({
      ...{ status: "INTERRUPTED", reason: "enough" },
    });
    expect((await turns.retry(id, begun.id)).turn.id).toBe(begun.id);
    expect((await tasks.interrupt(id)).interrupted).toBeGreaterThanOrEqual(0);
    (await model.attempt(2)).finish();
    page(turn).parse(await turns.list(id, { status: ["INTERRUPTED", "COMPLETED"] }));
    page(message).parse(await tasks.messages(id));
    page(logEvent).parse(await tasks.events(id, { after: 0, type: ["task:status"] }));
    const logs = await tasks.logs(id, { level: ["info", "warn"], agentType: ["assistant"] });
    z.array(loggedEntry).parse(logs.items);
    taskStats.parse(await tasks.stats(id));
    await expect(
      turns.giveOutput(id, begun.id, { toolCallId: "call_1", output: 1 }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      turns.confirm(id, begun.id, { step: "assistant", approve: true }),
    ).rejects.toMatchObject({ status: expect.any(Number) });
    expect(await tasks.putMember(id, { userId: "bob", role: "viewer" })).toEqual({
      ...{ userId: "bob", role: "viewer" },
    });
    expect((await tasks.members(id)).items).toHaveLength(2);
    await tasks.dropMember(id, "bob");
    expect((await tasks.patch(id, { title: "Less" })).title).toBe("Less");
    await until(async () => {
      const found = await tasks.list({ label: ["of=client"], q: "Less", limit: 1 });
      return found.items.some((item) => item.id === id);
    });
    expect((await tasks.cancel(id, "over")).status).toBe("CANCELLED");
    await tasks.delete(id);
    await expect(tasks.get(id)).rejects.toMatchObject({ code: "not_found", status: 404 });
  });

  it("files", async () => {
    const { files } = taskroom;
    const progress: number[][] = [];
    const blob = new Blob(["hello"], { type: "text/plain" });
    const options = { name: "a b.txt", onProgress: (...now: number[]) => progress.push(now) };
    const stored = file.strict().parse(await files.upload(blob, options));
    expect(stored).toMatchObject({ name: "a b.txt", mediaType: "text/plain", size: 5 });
    expect(progress).toEqual([
      [0, 5],
      [5, 5],
    ]);
    const named = new File(["x"], "named.bin");
    expect(await files.upload(named)).toMatchObject({ name: "named.bin" });
    expect(await (await files.fetch(stored.id, { inline: true })).text()).toBe("hello");
    expect(files.url(stored.id)).toBe(`${ORIGIN}/api/v1/files/${stored.id}`);
    const shown = await exports.default.fetch(files.url(stored.id, { inline: true }));
    expect(shown.status).toBe(401);
    const room = await taskroom.tasks.create({ attachments: [stored.id] });
    await expect(files.delete(stored.id)).rejects.toMatchObject({ code: "in_use" });
    await taskroom.tasks.delete(room.id);
    await expect(files.fetch(stored.id)).rejects.toMatchObject({ code: "not_found", status: 404 });
  });

  it("resources", async () => {
    const ghosts = taskroom.resources("ghosts");
    const made = await ghosts.create({
      metadata: { name: "pirate" },
      spec: { systemPrompt: "Arr" },
    });
    expect(made).toMatchObject({ kind: "Ghost", spec: { systemPrompt: "Arr" } });
    const bots = taskroom.resources("bots");
    const bot = await bots.create({ metadata: { name: "b" }, spec: { ghostRef: "alice/pirate" } });
    expect(bot.spec.ghostRef).toEqual({ namespace: "alice", name: "pirate" });
    await expect(ghosts.delete("alice", "pirate")).rejects.toMatchObject({
      ...{ code: "in_use", problem: { referrers: ["Bot/alice/b"] } },
    });
    await bots.delete("alice", "b");
    const { resourceVersion } = made.metadata;
    const next = { metadata: { resourceVersion }, spec: { systemPrompt: "Aye" } };
    expect((await ghosts.replace("alice", "pirate", next)).spec.systemPrompt).toBe("Aye");
    await expect(ghosts.replace("alice", "pirate", next)).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await ghosts.get("alice", "pirate")).metadata.name).toBe("pirate");
    page(shownResource).parse(await taskroom.resources("teams").list({ namespace: "system" }));
    await ghosts.delete("alice", "pirate");
  });

  it("what is the caller's own", async () => {
    const { apiKeys, webhooks, sessions, notifications } = taskroom;
    const { key, id } = createdApiKey.parse(await apiKeys.create({ name: "k", scopes: ["read"] }));
    const reader = client(key);
    page(apiKey).parse(await reader.apiKeys.list());
    await expect(reader.tasks.create()).rejects.toMatchObject({ code: "forbidden" });
    await apiKeys.revoke(id);
    await expect(reader.tasks.list()).rejects.toMatchObject({ code: "unauthorized" });
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null));
    const hook = await webhooks.create({
      url: "http://localhost:1/hook",
      events: ["task:created"],
    });
    const { id: hookId } = createdWebhook.parse(hook);
    page(webhook).parse(await webhooks.list());
    const { id: taskId } = await taskroom.tasks.create();
    await until(async () => (await webhooks.deliveries(hookId)).items.length > 0);
    const [first] = page(delivery).parse(await webhooks.deliveries(hookId)).items;
    const again = await webhooks.redeliver(hookId, first?.id ?? "");
    expect(again.delivery.id).toBe(first?.id);
    await webhooks.delete(hookId);
    const { ready } = await RoomClient.join("alice", taskId);
    page(session).parse(await sessions.list());
    await sessions.revoke(String(ready.sessionId));
    await notifications.list({ unread: true, limit: 5 });
  });
});
