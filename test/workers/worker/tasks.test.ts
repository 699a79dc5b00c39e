import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import type { Message } from "../../../src/protocol/message";
import type { Page } from "../../../src/protocol/rest/page";
import { type Task, task as taskSchema } from "../../../src/protocol/task";
import { type Turn, turn as turnSchema } from "../../../src/protocol/turn";
import { newUser } from "../../support/room-client";
import { type Call, call, codeOf, TASK, token } from "./build";

async function as(userId: string, path: string, options: Call = {}): Promise<Response> {
  return call(path, { ...options, token: await token({ sub: userId }) });
}

async function create(userId: string, body: object = {}, key?: string): Promise<Task> {
  const headers: Record<string, string> = key === undefined ? {} : { "Idempotency-Key": key };
  const response = await as(userId, "/api/v1/tasks", { method: "POST", body, headers });
  expect(response.status).toBe(201);
  return response.json();
}

async function listed(userId: string, query = ""): Promise<Task[]> {
  const response = await as(userId, `/api/v1/tasks${query}`);
  const { items } = await response.json<Page<Task>>();
  return items;
}

it("[M6] a task whose title is blank is executed with an input alone", async () => {
  const alice = newUser();
  const { id } = await create(alice, { title: "\u200b" });
  const path = `/api/v1/tasks/${id}/execute`;
  expect(await codeOf(await as(alice, path, { method: "POST" }))).toBe("invalid_request");
  const blank = await as(alice, path, { method: "POST", body: { input: " \ufeff" } });
  expect(await codeOf(blank)).toBe("invalid_request");
  expect((await as(alice, path, { method: "POST", body: { input: "go" } })).status).toBe(202);
});

describe("the life of a task", () => {
  it("created, read and listed alike, with the caller's role", async () => {
    const alice = newUser();
    const body = { title: "T", labels: { env: "prod" }, metadata: { a: [1] } };
    const response = await as(alice, "/api/v1/tasks", { method: "POST", body });
    const made = taskSchema.strict().parse(await response.json());
    expect(response.headers.get("Location")).toBe(`/api/v1/tasks/${made.id}`);
    expect(made).toMatchObject({ ...body, status: "PENDING", role: "owner", createdBy: alice });
    const read = await as(alice, `/api/v1/tasks/${made.id}`);
    expect([read.status, await read.json()]).toEqual([200, made]);
    expect(await listed(alice)).toEqual([made]);
    expect(await listed(alice, "?label=env=prod&status=PENDING&team=system/assistant")).toEqual([
      made,
    ]);
    expect(await listed(alice, "?label=env=dev")).toEqual([]);
  });

  it("changed, and listed as changed", async () => {
    const alice = newUser();
    const { id } = await create(alice);
    const body = { title: "New", labels: { a: "b" } };
    const response = await as(alice, `/api/v1/tasks/${id}`, { method: "PATCH", body });
    expect([response.status, await response.json()]).toMatchObject([200, body]);
    expect(await listed(alice, "?q=new&label=a=b")).toMatchObject([{ id, title: "New" }]);
  });

  it("cancelled by hand, finally; no other status is set by hand", async () => {
    const alice = newUser();
    const { id } = await create(alice);
    const path = `/api/v1/tasks/${id}/status`;
    const running = await as(alice, path, { method: "PATCH", body: { status: "RUNNING" } });
    expect([running.status, await running.json()]).toMatchObject([
      409,
      { code: "invalid_transition", from: "PENDING", to: "RUNNING", allowed: ["CANCELLED"] },
    ]);
    const body = { status: "CANCELLED", reason: "enough" };
    const cancelled = await as(alice, path, { method: "PATCH", body });
    expect([cancelled.status, await cancelled.json()]).toMatchObject([
      200,
      { status: "CANCELLED" },
    ]);
    expect(await listed(alice, "?status=CANCELLED")).toMatchObject([{ id }]);
    const execute = await as(alice, `/api/v1/tasks/${id}/execute`, { method: "POST" });
    expect([execute.status, await codeOf(execute)]).toEqual([409, "task_cancelled"]);
  });

  it("deleted: gone from everywhere, also for its idempotency key", async () => {
    const alice = newUser();
    const { id } = await create(alice, { prompt: "p" }, "k");
    const response = await as(alice, `/api/v1/tasks/${id}`, { method: "DELETE" });
    expect(response.status).toBe(204);
    for (const path of [`/api/v1/tasks/${id}`, `/api/v1/messages?taskId=${id}`]) {
      expect((await as(alice, path)).status).toBe(404);
    }
    expect(await listed(alice)).toEqual([]);
    // An erased room remembers nothing once it has slept.
    await evictDurableObject(env.TASK_ROOM.getByName(id));
    const again = await as(alice, "/api/v1/tasks", {
      method: "POST",
      body: { prompt: "p" },
      headers: { "Idempotency-Key": "k" },
    });
    expect([again.status, await codeOf(again)]).toEqual([404, "not_found"]);
    expect((await as(alice, `/api/v1/tasks/${id}`)).status).toBe(404);
  });
});

describe("turns of a task", () => {
  it("a prompt starts the first: it is listed, read and said", async () => {
    const alice = newUser();
    const { id, title } = await create(alice, { prompt: "Say hello\nplease" });
    expect(title).toBe("Say hello");
    const { items } = await (await as(alice, `/api/v1/tasks/${id}/turns`)).json<Page<Turn>>();
    const [turn] = items;
    expect(turn).toMatchObject({ taskId: id });
    const one = await as(alice, `/api/v1/tasks/${id}/turns/${turn?.id}`);
    expect(turnSchema.parse(await one.json()).id).toBe(turn?.id);
    const said = await as(alice, `/api/v1/messages?taskId=${id}&role=user`);
    expect((await said.json<Page<Message>>()).items).toMatchObject([
      { role: "user", content: "Say hello\nplease", author: { userId: alice } },
    ]);
  });

  it("execute answers at once with a turn, the same for the same key", async () => {
    const alice = newUser();
    const { id } = await create(alice);
    const execute = (input: string) =>
      as(alice, `/api/v1/tasks/${id}/execute`, {
        method: "POST",
        body: { input },
        headers: { "Idempotency-Key": "k" },
      });
    const first = await execute("go");
    const { turn } = await first.json<{ turn: Turn }>();
    expect([first.status, turn.taskId]).toEqual([202, id]);
    const again = await execute("go");
    expect([again.status, (await again.json<{ turn: Turn }>()).turn.id]).toEqual([202, turn.id]);
    const other = await execute("stop");
    expect([other.status, await codeOf(other)]).toEqual([409, "conflict"]);
  });

  it("one is interrupted, or all that are open", async () => {
    const alice = newUser();
    const { id } = await create(alice);
    const execute = async () => {
      const response = await as(alice, `/api/v1/tasks/${id}/execute`, { method: "POST" });
      return (await response.json<{ turn: Turn }>()).turn.id;
    };
    await execute();
    const waiting = await execute();
    await execute();
    const path = `/api/v1/tasks/${id}/turns/${waiting}/interrupt`;
    const one = await as(alice, path, { method: "POST", body: { reason: "r" } });
    expect([one.status, await one.json()]).toMatchObject([
      202,
      { turn: { id: waiting, status: "INTERRUPTED" } },
    ]);
    const all = await as(alice, `/api/v1/tasks/${id}/interrupt`, { method: "POST" });
    expect([all.status, await all.json()]).toEqual([202, { interrupted: 2 }]);
  });

  it("an unknown one is not found", async () => {
    const alice = newUser();
    const { id } = await create(alice);
    const path = `/api/v1/tasks/${id}/turns/${newId("turn", 0)}`;
    for (const response of [
      await as(alice, path),
      await as(alice, `${path}/interrupt`, { method: "POST" }),
    ]) {
      expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
    }
  });
});

describe("who may do what", () => {
  const writes: [string, string, unknown?][] = [
    ["PATCH", "", { title: "x" }],
    ["DELETE", ""],
    ["PATCH", "/status", { status: "CANCELLED" }],
    ["POST", "/execute"],
    ["POST", "/interrupt"],
  ];
  const reads: [string, string, unknown?][] = [
    ["GET", ""],
    ["GET", "/turns"],
  ];

  it.each([...reads, ...writes])(
    "a stranger hears that there is nothing: %s %s",
    async (method, end, body) => {
      const { id } = await create(newUser());
      const options = { method, ...(body !== undefined && { body }) };
      const response = await as(newUser(), `/api/v1/tasks/${id}${end}`, options);
      expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
      expect((await as(newUser(), `/api/v1/messages?taskId=${id}`)).status).toBe(404);
    },
  );

  it("a viewer sees the task, in its own role", async () => {
    const viewer = newUser();
    const { id } = await create(newUser(), { members: [{ userId: viewer, role: "viewer" }] });
    await expect.poll(() => listed(viewer)).toMatchObject([{ id, role: "viewer" }]);
    expect((await as(viewer, `/api/v1/tasks/${id}`)).status).toBe(200);
  });

  it.each(writes)("a viewer is forbidden: %s %s", async (method, end, body) => {
    const viewer = newUser();
    const { id } = await create(newUser(), { members: [{ userId: viewer, role: "viewer" }] });
    const options = { method, ...(body !== undefined && { body }) };
    const response = await as(viewer, `/api/v1/tasks/${id}${end}`, options);
    expect([response.status, await codeOf(response)]).toEqual([403, "forbidden"]);
  });

  it("an id that names nothing leaves nothing behind", async () => {
    for (const [method, end, body] of [...reads, ...writes]) {
      const options = { method, ...(body !== undefined && { body }) };
      expect((await as(newUser(), `/api/v1/tasks/${TASK}${end}`, options)).status).toBe(404);
    }
  });
});

describe("POST /tasks with an Idempotency-Key", () => {
  it("gives the first task again for the same body, in any order of names", async () => {
    const alice = newUser();
    const first = await create(alice, { title: "T", labels: { a: "1", b: "2" } }, "k");
    const again = await create(alice, { labels: { b: "2", a: "1" }, title: "T" }, "k");
    expect(again).toEqual(first);
    expect(await listed(alice)).toHaveLength(1);
  });

  it("conflicts for another body", async () => {
    const alice = newUser();
    await create(alice, { title: "T" }, "k");
    const headers = { "Idempotency-Key": "k" };
    const options = { method: "POST", body: { title: "U" }, headers };
    const response = await as(alice, "/api/v1/tasks", options);
    expect([response.status, await codeOf(response)]).toEqual([409, "conflict"]);
  });

  it("makes one task of requests at the same time", async () => {
    const alice = newUser();
    const made = await Promise.all(
      Array.from({ length: 8 }, () => create(alice, { title: "T" }, "k")),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await listed(alice)).toHaveLength(1);
  });

  it("does not bring an erased task back", async () => {
    const alice = newUser();
    const { id } = await create(alice, { title: "T" }, "k");
    await as(alice, `/api/v1/tasks/${id}`, { method: "DELETE" });
    const headers = { "Idempotency-Key": "k" };
    const again = await as(alice, "/api/v1/tasks", {
      method: "POST",
      body: { title: "T" },
      headers,
    });
    expect([again.status, await codeOf(again)]).toEqual([404, "not_found"]);
  });

  it("is another user's own affair", async () => {
    const first = await create(newUser(), {}, "k");
    expect((await create(newUser(), {}, "k")).id).not.toBe(first.id);
  });
});

it("a team that is not there is refused at creation", async () => {
  const body = { teamRef: "system/nobody" };
  const response = await as(newUser(), "/api/v1/tasks", { method: "POST", body });
  expect([response.status, await codeOf(response)]).toEqual([400, "invalid_request"]);
});
