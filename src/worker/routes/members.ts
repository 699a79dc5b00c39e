import { Hono } from "hono";
import { describeError, logError } from "../../platform/platform-log";
import type { Outcome } from "../../protocol/errors";
import { userId } from "../../protocol/identity";
import { taskId } from "../../protocol/ids";
import { putMember } from "../../protocol/rest/put-member";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { mayInvite } from "../invitations";
import { readId } from "../path-id";
import { answerOf, taskRoom, twice, userRoom } from "../rooms/ask";

export const members = new Hono<AppEnv>();

members.get("/", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).members(c.var.principal))));
});

members.post("/", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const member = await readBody(c.req.raw, putMember);
  await mayInvite(c, 1);
  const put = await twice(() => taskRoom(c.env, id).putMember(c.var.principal, member));
  return c.json(answerOf(put), 201);
});

members.delete("/:userId", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const who = readId(userId, c.req.param("userId"));
  const dropped = await twice(() => taskRoom(c.env, id).dropMember(c.var.principal, who));
  if (who === c.var.principal.userId) await leave(c, id, dropped);
  else if (dropped.ok) c.executionCtx.waitUntil(forget(c, id, who).catch(noteFailure));
  answerOf(dropped);
  return c.body(null, 204);
});

/** Whoever leaves takes the task's notifications along; said again, it goes on where it was cut off. */
async function leave(c: AppContext, id: string, dropped: Outcome<null>): Promise<void> {
  if (dropped.ok || dropped.refusal.code === "not_found") {
    await forget(c, id, c.var.principal.userId);
  }
}

function forget({ env }: AppContext, id: string, who: string): Promise<void> {
  return twice(() => userRoom(env, who).forgetTask(id));
}

/** The removed member hears nothing more; only what was said before may stay. */
function noteFailure(error: unknown): void {
  logError("forget_task_failed", { causes: describeError(error) });
}
