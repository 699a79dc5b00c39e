import type { MEMBERS } from "../../operations/rest/members";
import { describeError, logError } from "../../platform/platform-log";
import type { Outcome } from "../../protocol/errors";
import type { AppContext } from "../context";
import { mayInvite } from "../invitations";
import { answerOf, taskRoom, twice, userRoom } from "../rooms/ask";
import type { Handlers } from "../serving/handler";

/** As of when somebody is out; nothing where a room of the last release has said it. */
type Left = { epoch: string; seq: number } | null;

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
    else if (dropped.ok) {
      const forgotten = forget(c, { taskId, userId }, dropped.value).catch(noteFailure);
      c.executionCtx.waitUntil(forgotten);
    }
    answerOf(dropped);
  },
};

/** Whoever leaves takes the task's notifications along; said again, it goes on where it was cut off. */
async function leave(c: AppContext, taskId: string, dropped: Outcome<Left>): Promise<void> {
  if (dropped.ok || dropped.refusal.code === "not_found") {
    const { userId } = c.var.principal;
    await forget(c, { taskId, userId }, dropped.ok ? dropped.value : null);
  }
}

/** Its room tells the home too, once it can; with `left` whichever comes late changes nothing. */
function forget({ env }: AppContext, place: { taskId: string; userId: string }, left: Left) {
  const { taskId, userId } = place;
  return twice(() => userRoom(env, userId).forgetTask(taskId, left ?? undefined));
}

function noteFailure(error: unknown): void {
  logError("forget_task_failed", { causes: describeError(error) });
}
