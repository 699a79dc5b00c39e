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
  ["GET", "/tasks"],
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

it("without D1 a task that is to be made once only is unavailable; any other is made", async () => {
  const once = await call(alice, "POST", "/tasks", {}, { "Idempotency-Key": "k-1" });
  expect([once.status, await once.json()]).toMatchObject([503, { code: "unavailable" }]);
  expect((await call(alice, "POST", "/tasks", {})).status).toBe(201);
});

it.each(["", "/turns", "/events", "/logs", "/stats", "/members"])(
  "without D1 a task's own room answers for %s",
  async (path) => {
    expect((await call(alice, "GET", `/tasks/${taskId}${path}`)).status).toBe(200);
  },
);
