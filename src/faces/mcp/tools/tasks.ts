import type { ListedTask } from "../../../operations/mcp/fields";
import { refText } from "../../../protocol/refs";
import type { ListTasks } from "../../../protocol/rest/list-tasks";
import type { Task } from "../../../protocol/task";
import { answerOf, once, taskRoom, twice } from "../../../worker/rooms/ask";
import { listTasks } from "../../../worker/rooms/own-tasks";
import type { Call } from "../call";
import { look } from "../follow";
import { outcomeText } from "../outcome";
import { toolGave } from "../result";
import { currentTurn, idOf } from "../turns";
import type { Tools } from "./handlers";

export const TASKS: Pick<Tools, "get_task" | "stop_task" | "list_tasks" | "search_tasks"> = {
  async get_task({ task: handle }, call) {
    const { c } = call;
    const id = idOf(handle);
    const task = answerOf(await twice(() => taskRoom(c.env, id).read(c.var.principal)));
    const turn = await currentTurn(c, id);
    const last = turn && (await look(call, turn)).outcome;
    const { progress } = task;
    const told = {
      ...shown(task),
      ...(progress !== undefined && { progress }),
      ...(last && { last }),
    };
    const text = last ? outcomeText(last) : `Task ${id} is ${task.status}.`;
    return toolGave(text, told);
  },

  async stop_task({ task: handle, reason }, { c }) {
    const task = idOf(handle);
    const room = taskRoom(c.env, task);
    const stopped = await once(() => room.interruptAll(c.var.principal, reason));
    const { interrupted } = answerOf(stopped);
    const text = interrupted === 0 ? "There was nothing to stop." : `Stopped ${interrupted}.`;
    return toolGave(text, { task, stopped: interrupted });
  },

  list_tasks({ status, waiting, team, limit, cursor }, call) {
    return listed(call, { status, waiting, team, limit, cursor });
  },

  search_tasks({ query: q, limit, cursor }, call) {
    return listed(call, { q, limit, cursor });
  },
};

async function listed({ c }: Call, query: ListTasks) {
  const { items, nextCursor } = await listTasks(c, query);
  const tasks = items.map(listedTask);
  const lines = tasks.map(({ task, status, title }) => `${task} ${status} ${title}`);
  return toolGave(lines.join("\n") || "There are none.", { tasks, nextCursor });
}

function listedTask(task: Task): ListedTask {
  const { waitingFor } = task;
  return { ...shown(task), ...(waitingFor && { waiting: waitingFor }) };
}

function shown({ id, title, teamRef, status, createdAt, updatedAt }: Task) {
  const team = refText(teamRef);
  return { task: id, title, team, status, created: createdAt, updated: updatedAt };
}
