import { taskId } from "../protocol/ids";
import { listTasks as listTasksQuery } from "../protocol/rest/list-tasks";
import type { Task } from "../protocol/task";
import type { AppContext } from "../worker/context";
import { answerOf, taskRoom, twice } from "../worker/rooms/ask";
import { listTasks } from "../worker/rooms/own-tasks";

/**
 * The task that a client names: by its id, or by a name of its own, which is the caller's key with the
 * face's prefix. Nothing where no task has the name; throws `not_found` for an id that the caller may
 * not see.
 */
export async function namedTask(
  c: AppContext,
  name: string,
  keyPrefix: string,
): Promise<Task | undefined> {
  if (taskId.safeParse(name).success) {
    return answerOf(await twice(() => taskRoom(c.env, name).read(c.var.principal)));
  }
  const query = listTasksQuery.parse({ key: `${keyPrefix}${name}`, limit: "1" });
  const { items } = await listTasks(c, query);
  return items[0];
}
