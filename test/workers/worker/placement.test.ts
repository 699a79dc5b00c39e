import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { taskRoom } from "../../../src/durable-objects/user-room/task-rooms";
import { appWith } from "../../../src/worker/app";
import { aTask } from "../history/build";
import { environment, ORIGIN, token } from "./build";

const app = appWith([]);

const PARIS = { continent: "EU", country: "FR", longitude: "2.35" };

/** Namespaces that note where an object is asked for. */
function recorder(stub: object) {
  const asked: unknown[][] = [];
  const namespace = {
    getByName(...input: unknown[]) {
      asked.push(input);
      return stub;
    },
  };
  return { asked, namespace };
}

async function ask(method: string, path: string, cf: object | undefined, changed: object) {
  const request = new Request(`${ORIGIN}${path}`, {
    method,
    headers: { Authorization: `Bearer ${await token()}` },
  });
  Object.defineProperty(request, "cf", { value: cf });
  return app.fetch(request, environment({ ...changed }), createExecutionContext());
}

it.each([
  ["Paris", PARIS, [["alice", { locationHint: "weur" }]]],
  ["nobody knows where", undefined, [["alice", undefined]]],
])("[O8] the user's own request from %s asks for the home there", async (_name, cf, expected) => {
  const { asked, namespace } = recorder({
    listTasks: async () => ({ ok: true, value: { items: [], nextCursor: null } }),
  });
  await ask("GET", "/api/v1/tasks", cf, { USER_ROOM: namespace });
  expect(asked).toEqual(expected);
});

it("[O8] the home is told where the caller is, and asks for the new task's room there", async () => {
  const told: unknown[] = [];
  const { namespace } = recorder({
    createTask: async (principal: unknown) => {
      told.push(principal);
      return { ok: true, value: { task: aTask(), isNew: true } };
    },
  });
  await ask("POST", "/api/v1/tasks", PARIS, { USER_ROOM: namespace });
  expect(told).toMatchObject([{ userId: "alice", near: "weur" }]);
  const rooms = recorder({});
  taskRoom({ ...env, TASK_ROOM: rooms.namespace } as unknown as Env, "task_1", "weur");
  expect(rooms.asked).toEqual([["task_1", { locationHint: "weur" }]]);
});
