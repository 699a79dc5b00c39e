import { Hono } from "hono";
import { taskId } from "../../protocol/ids";
import { LIMITS } from "../../protocol/limits";
import { createTask as createTaskBody } from "../../protocol/rest/create-task";
import { executeTask } from "../../protocol/rest/execute-task";
import { listTasks as listTasksQuery } from "../../protocol/rest/list-tasks";
import { patchStatus } from "../../protocol/rest/patch-status";
import { patchTask } from "../../protocol/rest/patch-task";
import { interruptTurn } from "../../protocol/rest/turn-actions";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { keyOf } from "../idempotency";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";
import { createTask, listTasks } from "../rooms/own-tasks";

/** A given history comes beside what other bodies may have. */
const LARGE = { field: "history", bytes: LIMITS.createBodyBytes };

export const tasks = new Hono<AppEnv>();

tasks.post("/", async (c) => {
  const body = await readBody(c.req.raw, createTaskBody, LARGE);
  const { task, isNew } = await createTask(c, body);
  return c.json(task, isNew ? 201 : 200, { Location: `/api/v1/tasks/${task.id}` });
});

tasks.get("/", async (c) => {
  return c.json(await listTasks(c, readQuery(c.req.raw, listTasksQuery)));
});

tasks.get("/:id", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).read(c.var.principal))));
});

tasks.get("/:id/stats", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).stats(c.var.principal))));
});

tasks.patch("/:id", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const patch = await readBody(c.req.raw, patchTask);
  return c.json(answerOf(await once(() => taskRoom(c.env, id).update(c.var.principal, patch))));
});

tasks.delete("/:id", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  answerOf(await once(() => taskRoom(c.env, id).remove(c.var.principal)));
  return c.body(null, 204);
});

tasks.patch("/:id/status", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const change = await readBody(c.req.raw, patchStatus);
  return c.json(answerOf(await once(() => taskRoom(c.env, id).setStatus(c.var.principal, change))));
});

tasks.post("/:id/execute", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const input = await readBody(c.req.raw, executeTask);
  const key = keyOf(c);
  const begun = await once(() => taskRoom(c.env, id).execute(c.var.principal, input, key));
  return c.json(answerOf(begun), 202);
});

tasks.post("/:id/interrupt", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const { reason } = await readBody(c.req.raw, interruptTurn);
  const done = await once(() => taskRoom(c.env, id).interruptAll(c.var.principal, reason));
  return c.json(answerOf(done), 202);
});
