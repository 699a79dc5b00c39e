import type { Departed } from "../../durable-objects/task-room/api";
import type { MEMBERS } from "../../operations/rest/members";
import { describeError, logError } from "../../platform/platform-log";
import type { Outcome } from "../../protocol/errors";
import type { AppContext } from "../context";
import { mayInvite } from "../invitations";
import { answerOf, taskRoom, twice, userRoom } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

type Dropped = Outcome<Departed | null>;

export const members: Handlers<typeof MEMBERS> = {
  async list({ c, principal, params }) {
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).members(principal)));
  },

  async put({ c, principal, params, body }) {
    await mayInvite(c, 1);
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).putMember(principal, body)));
  },

  async drop({ c, principal, params: { taskId, userId } }) {
    const dropped = await twice(() => taskRoom(c.env, taskId).dropMember(principal, userId));
    if (userId === principal.userId) await leave(c, taskId, dropped);
    else if (dropped.ok)
      c.executionCtx.waitUntil(forget(c, taskId, userId, dropped).catch(noteFailure));
    answerOf(dropped);
  },
};

/** Whoever leaves takes the task's notifications along; said again, it goes on where it was cut off. */
async function leave(c: AppContext, id: string, dropped: Dropped): Promise<void> {
  if (dropped.ok || dropped.refusal.code === "not_found") {
    await forget(c, id, c.var.principal.userId, dropped);
  }
}

/** Who is let in again meanwhile has heard of it, and forgets nothing. */
function forget({ env }: AppContext, id: string, who: string, dropped: Dropped): Promise<void> {
  const left = (dropped.ok && dropped.value) || undefined;
  return twice(() => userRoom(env, who).forgetTask(id, left));
}

/** The removed member hears nothing more; only what was said before may stay. */
function noteFailure(error: unknown): void {
  logError("forget_task_failed", { causes: describeError(error) });
}
