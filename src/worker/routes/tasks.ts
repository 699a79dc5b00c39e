import { Hono } from "hono";
import { listTasks } from "../../history/tasks";
import { taskId } from "../../protocol/ids";
import { createTask } from "../../protocol/rest/create-task";
import { executeTask } from "../../protocol/rest/execute-task";
import { listTasks as listTasksQuery } from "../../protocol/rest/list-tasks";
import { patchStatus } from "../../protocol/rest/patch-status";
import { patchTask } from "../../protocol/rest/patch-task";
import { interruptTurn } from "../../protocol/rest/turn-actions";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { claimTaskId, keyOf } from "../idempotency";
import { mayInvite } from "../invitations";
import { newTask } from "../new-task";
import { readId } from "../path-id";
import { readQuery } from "../query";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";

export const tasks = new Hono<AppEnv>();

tasks.post("/", async (c) => {
  const { principal } = c.var;
  const body = await readBody(c.req.raw, createTask);
  const input = newTask(principal, body);
  await mayInvite(c, input.members.filter(({ userId }) => userId !== principal.userId).length);
  const id = await claimTaskId(c, body);
  const created = await twice(() =>
    taskRoom(c.env, id).create(principal, { ...input, taskId: id }),
  );
  return c.json(answerOf(created), 201, { Location: `/api/v1/tasks/${id}` });
});

tasks.get("/", async (c) => {
  const query = readQuery(c.req.raw, listTasksQuery);
  return c.json(answerOf(await listTasks(c.env.DB, c.var.principal.userId, query)));
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
