import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { call, newTask, newUser } from "../../support/room-client";
import { control } from "../../worker/control";

let alice: string;
let taskId: string;

beforeEach(async () => {
  alice = newUser();
  taskId = await newTask(alice);
  control.d1 = "down";
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  control.d1 = "up";
  vi.restoreAllMocks();
});

it.each([
  ["GET", "/teams"],
  ["GET", "/teams/me/mine"],
  ["POST", "/teams"],
  ["PUT", "/teams/me/mine"],
  ["DELETE", "/teams/me/mine"],
  ["GET", "/api-keys"],
  ["POST", "/api-keys"],
  ["DELETE", "/api-keys/key_00000000000000000000000000"],
])("without D1 %s %s is unavailable, and nothing worse", async (method, path) => {
  const spec = {
    collaboration: "solo",
    members: [{ role: "assistant", botRef: "system/assistant" }],
  };
  const team = { metadata: { name: "mine" }, spec };
  const body = path.startsWith("/teams") ? team : { name: "mine", scopes: ["read"] };
  const writes = method === "POST" || method === "PUT";
  const response = await call(
    alice,
    method,
    path.replace("/me/", `/${alice}/`),
    writes ? body : undefined,
  );
  expect([response.status, await response.json()]).toMatchObject([503, { code: "unavailable" }]);
});

it("[O1] without D1 tasks are made, once where that is asked, and listed", async () => {
  const made = await newTask(alice);
  const key = { "Idempotency-Key": "k-1" };
  const once = await call(alice, "POST", "/tasks", { title: "once" }, key);
  const again = await call(alice, "POST", "/tasks", { title: "once" }, key);
  const { id } = await once.json<{ id: string }>();
  expect([once.status, again.status, await again.json()]).toMatchObject([201, 201, { id }]);
  const { items } = await (await call(alice, "GET", "/tasks")).json<{ items: { id: string }[] }>();
  expect(items.map((task) => task.id)).toEqual([id, made, taskId]);
});

it("[O1] without D1 a user whom nobody knows makes a task and lists it", async () => {
  const bob = newUser();
  const made = await newTask(bob);
  expect(await (await call(bob, "GET", "/tasks")).json()).toMatchObject({ items: [{ id: made }] });
});

it.each(["", "/turns", "/events", "/logs", "/stats", "/members"])(
  "without D1 a task's own room answers for %s",
  async (path) => {
    expect((await call(alice, "GET", `/tasks/${taskId}${path}`)).status).toBe(200);
  },
);
