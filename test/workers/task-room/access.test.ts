import { beforeEach, expect, it } from "vitest";
import { call, newTask, newUser, RoomClient, tokenOf, upgrade } from "../../support/room-client";

// Who may do what is in the table of `worker/access-table.ts`; here is how it shows.

let alice: string;
let mallory: string;

beforeEach(() => {
  alice = newUser();
  mallory = newUser();
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
