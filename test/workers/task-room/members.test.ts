import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";

let owner: string;
let guest: string;
let taskId: string;

beforeEach(async () => {
  owner = newUser();
  guest = newUser();
  taskId = await newTask(owner);
});

const put = (by: string, userId: string, role: string) =>
  call(by, "POST", `/tasks/${taskId}/members`, { userId, role });
const drop = (by: string, userId: string) =>
  call(by, "DELETE", `/tasks/${taskId}/members/${userId}`);
const seen = async (by: string) => (await call(by, "GET", `/tasks/${taskId}`)).status;

it("a member who is added sees the task, in lists too, and one who is removed no longer does", async () => {
  expect(await seen(guest)).toBe(404);
  expect((await put(owner, guest, "viewer")).status).toBe(201);
  expect(await seen(guest)).toBe(200);
  expect(await (await call(guest, "GET", "/tasks")).json()).toMatchObject({
    items: [{ id: taskId, role: "viewer" }],
  });
  expect((await drop(owner, guest)).status).toBe(204);
  expect(await seen(guest)).toBe(404);
  expect(await (await call(guest, "GET", "/tasks")).json()).toMatchObject({ items: [] });
});

it("a removed member's sockets close with 4403 and hear nothing more", async () => {
  await put(owner, guest, "editor");
  const client = await RoomClient.join(guest, taskId);
  await drop(owner, guest);
  expect(await client.frames.whenClosed()).toMatchObject({ code: 4403 });
  expect(client.frames.of("task:updated")).toEqual([]);
});

it("a new role counts from the next command on", async () => {
  await put(owner, guest, "viewer");
  const client = await RoomClient.join(guest, taskId);
  expect(await client.ask("chat:typing", { typing: true })).toMatchObject({ type: "error" });
  await put(owner, guest, "editor");
  await client.frames.next(() => client.frames.state?.task.role === "editor");
  expect(await client.ask("chat:typing", { typing: true })).toMatchObject({ type: "ack" });
});

it("[P1] a member who may no more send is typing no more, for those who come too", async () => {
  await put(owner, guest, "editor");
  const client = await RoomClient.join(guest, taskId);
  const other = await RoomClient.join(owner, taskId);
  await client.ask("chat:typing", { typing: true });
  await other.frames.next(({ type, data }) => type === "presence" && isOf(data, "typing"));
  await put(owner, guest, "viewer");
  await other.frames.next(({ type, data }) => type === "presence" && isOf(data, "idle"));
  const { ready } = await RoomClient.join(owner, taskId);
  const { presence } = z.object({ presence: z.array(z.looseObject({})) }).parse(ready);
  expect(presence.find((one) => one.userId === guest)).toMatchObject({ state: "joined" });
});

function isOf(data: unknown, state: string): boolean {
  const said = z.looseObject({ userId: z.string(), state: z.string() }).safeParse(data).data;
  return said?.userId === guest && said.state === state;
}

describe("who may change members", () => {
  it("anyone may leave, but for the last owner", async () => {
    await put(owner, guest, "viewer");
    expect((await drop(guest, guest)).status).toBe(204);
    const refused = await drop(owner, owner);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "conflict" });
    expect((await put(owner, owner, "viewer")).status).toBe(409);
    await put(owner, guest, "owner");
    expect((await drop(owner, owner)).status).toBe(204);
    expect(await seen(owner)).toBe(404);
  });

  it("an unknown member is 404, another form is 400", async () => {
    expect((await drop(owner, "nobody")).status).toBe(404);
    expect((await put(owner, guest, "king")).status).toBe(400);
    expect((await put(owner, "", "viewer")).status).toBe(400);
  });
});
