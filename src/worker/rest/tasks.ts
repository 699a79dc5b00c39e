import type { CreatedTask } from "../../durable-objects/user-room/api";
import type { TASKS } from "../../operations/rest/tasks";
import { keyOf } from "../idempotency";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";
import { createTask, forkTask, listTasks } from "../rooms/own-tasks";
import { Answer, type Handlers } from "../serving/handler";

export const tasks: Handlers<typeof TASKS> = {
  async create({ c, body }) {
    return made(await createTask(c, body));
  },

  async fork({ c, params, body }) {
    return made(await forkTask(c, params.taskId, body));
  },

  list: ({ c, query }) => listTasks(c, query),

  async read({ c, principal, params }) {
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).read(principal)));
  },

  async patch({ c, principal, params, body }) {
    return answerOf(await once(() => taskRoom(c.env, params.taskId).update(principal, body)));
  },

  async remove({ c, principal, params }) {
    answerOf(await once(() => taskRoom(c.env, params.taskId).remove(principal)));
  },

  async setStatus({ c, principal, params, body }) {
    return answerOf(await once(() => taskRoom(c.env, params.taskId).setStatus(principal, body)));
  },

  async execute({ c, principal, params, body }) {
    const key = keyOf(c);
    return answerOf(await once(() => taskRoom(c.env, params.taskId).execute(principal, body, key)));
  },

  async interrupt({ c, principal, params, body }) {
    const room = taskRoom(c.env, params.taskId);
    return answerOf(await once(() => room.interruptAll(principal, body.reason)));
  },

  async stats({ c, principal, params }) {
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).stats(principal)));
  },
};

function made({ task, isNew }: CreatedTask): Answer {
  const headers = { Location: `/api/v1/tasks/${task.id}` };
  return new Answer(task, { headers, otherwise: !isNew });
}
