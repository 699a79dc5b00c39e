import { beforeEach, describe, expect, it } from "vitest";
import { call, newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let alice: string;
let mallory: string;

beforeEach(() => {
  alice = newUser();
  mallory = newUser();
  control.model = new ScriptedModel().carryOut;
});

const unknown = "turn_01m7xr35em2mqf447ej8wtcxjw";

describe("someone else's task is 404 on every path", () => {
  const cases: [string, (id: string) => string, object?][] = [
    ["GET", (id) => `/tasks/${id}`],
    ["PATCH", (id) => `/tasks/${id}`, { title: "mine" }],
    ["DELETE", (id) => `/tasks/${id}`],
    ["PATCH", (id) => `/tasks/${id}/status`, { status: "CANCELLED" }],
    ["POST", (id) => `/tasks/${id}/execute`, {}],
    ["POST", (id) => `/tasks/${id}/interrupt`, {}],
    ["GET", (id) => `/tasks/${id}/turns`],
    ["GET", (id) => `/tasks/${id}/turns/${unknown}`],
    ["POST", (id) => `/tasks/${id}/turns/${unknown}/interrupt`, {}],
    ["GET", (id) => `/messages?taskId=${id}`],
  ];
  it.each(cases)("%s %s", async (method, path, body) => {
    const taskId = await newTask(alice);
    const response = await call(mallory, method, path(taskId), body);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not_found" });
    expect((await call(alice, "GET", `/tasks/${taskId}`)).status).toBe(200);
  });

  it("a session for it", async () => {
    const taskId = await newTask(alice);
    const response = await call(mallory, "POST", "/sessions", { taskId });
    expect(response.status).toBe(404);
  });
});

it("someone else's task is refused on the socket as a problem, never a 101", async () => {
  const taskId = await newTask(alice);
  const response = await upgrade(await tokenOf({ sub: mallory }), taskId);
  expect(response.status).toBe(404);
  expect(response.headers.get("Content-Type")).toContain("application/problem+json");
});

it("a task that was never created is 404 and makes no room", async () => {
  const response = await upgrade(await tokenOf({ sub: alice }), "task_01m7xr35em2mqf447ej8wtcxjw");
  expect(response.status).toBe(404);
});

describe("a viewer watches and nothing else", () => {
  const cases: [string, object][] = [
    ["chat:send", { content: "x" }],
    ["chat:cancel", {}],
    ["chat:retry", { turnId: unknown }],
    ["chat:guide", { content: "x" }],
    ["chat:typing", { typing: true }],
    ["turn:confirm", { turnId: unknown, step: "s", approve: true }],
  ];
  it.each(cases)("%s is forbidden", async (type, data) => {
    const viewer = newUser();
    const taskId = await newTask(alice, { members: [{ userId: viewer, role: "viewer" }] });
    const client = await RoomClient.join(viewer, taskId);
    expect(await client.ask(type, data)).toMatchObject({ error: { code: "forbidden" } });
    expect(await client.ask("history:sync")).toMatchObject({ type: "ack" });
  });
});

it("a read credential of the owner may join and sync, and nothing else", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join({ sub: alice, scope: "read" }, taskId);
  expect(await client.ask("history:sync")).toMatchObject({ type: "ack" });
  expect(await client.ask("task:leave")).toMatchObject({ type: "ack" });
  expect(await client.ask("task:join")).toMatchObject({ type: "ack" });
  expect(await client.ask("chat:send", { content: "x" })).toMatchObject({
    error: { code: "forbidden" },
  });
});

it("an editor sends and stops but doesn't delete", async () => {
  const editor = newUser();
  const taskId = await newTask(alice, { members: [{ userId: editor, role: "editor" }] });
  const client = await RoomClient.join(editor, taskId);
  expect(await client.ask("chat:send", { content: "x" })).toMatchObject({ type: "ack" });
  expect(await client.ask("chat:cancel")).toMatchObject({ type: "ack" });
  expect((await call(editor, "DELETE", `/tasks/${taskId}`)).status).toBe(403);
});

it("each member sees the own role in the task, on the socket too", async () => {
  const viewer = newUser();
  const taskId = await newTask(alice, { members: [{ userId: viewer, role: "viewer" }] });
  const one = await RoomClient.join(alice, taskId);
  const two = await RoomClient.join(viewer, taskId);
  await call(alice, "PATCH", `/tasks/${taskId}`, { title: "New title" });
  await one.frames.next(({ type }) => type === "task:updated");
  await two.frames.next(({ type }) => type === "task:updated");
  expect(one.frames.state?.task).toMatchObject({ title: "New title", role: "owner" });
  expect(two.frames.state?.task).toMatchObject({ title: "New title", role: "viewer" });
});

it("a socket is closed with 4401 once its token has expired, at the next command at the latest", async () => {
  const taskId = await newTask(alice);
  const client = await RoomClient.join({ sub: alice, expiresInSeconds: 60 }, taskId);
  control.clockAheadMs = 61_000;
  try {
    client.send({ type: "history:sync", id: "late" });
    expect(await client.frames.whenClosed()).toMatchObject({ code: 4401 });
    expect(client.frames.of("ack")).toEqual([]);
  } finally {
    control.clockAheadMs = 0;
  }
});
