import { BOUNDS } from "../../../operations/ag-ui/run-input";
import { refuse } from "../../../protocol/errors";
import { type Ref, refText } from "../../../protocol/refs";
import type { GivenMessage } from "../../../protocol/rest/given-history";
import type { Task } from "../../../protocol/task";
import type { AppContext } from "../../../worker/context";
import { mayCreate } from "../../../worker/middleware/creation-limit";
import { RefusedRequest } from "../../../worker/problem";
import { createTask } from "../../../worker/rooms/own-tasks";
import { titleOf } from "../../../worker/task-title";
import { namedTask } from "../../named-task";
import { notValid } from "../errors";

/**
 * The task of a thread: the id names it itself, or is the caller's own key for it. Nothing where no thread
 * has been begun under this name; throws `not_found` for the id of a task that the caller may not see, and
 * `invalid_request` for one that another team answers in.
 */
export async function findThread(
  c: AppContext,
  threadId: string,
  team: Ref,
): Promise<Task | undefined> {
  const task = await namedTask(c, threadId, BOUNDS.keyPrefix);
  if (!task || refText(task.teamRef) === refText(team)) return task;
  const message = `the thread's team is ${refText(task.teamRef)}`;
  throw notValid({ path: "threadId", message });
}

type Begin = { threadId: string; team: Ref; text: string; history: () => GivenMessage[] };
export type Thread = { taskId: string; isNew: boolean };

/** The same, begun where it is not there. Throws `not_found` where there is no such team. */
export async function threadFor(
  c: AppContext,
  { threadId, team, text, history }: Begin,
): Promise<Thread> {
  const found = await findThread(c, threadId, team);
  if (found) return { taskId: found.id, isNew: false };
  const given = history();
  await mayCreate(c, "tasks");
  const wanted = { key: keyOf(threadId), title: titleOf(text), teamRef: team };
  try {
    const { task, isNew } = await createTask(c, {
      ...wanted,
      ...(given.length > 0 && { history: given }),
    });
    return { taskId: task.id, isNew };
  } catch (error) {
    throw isOfTeam(error)
      ? new RefusedRequest(refuse("not_found", "There is no such team"))
      : error;
  }
}

function isOfTeam(error: unknown): boolean {
  if (!(error instanceof RefusedRequest)) return false;
  return error.refusal.issues?.some(({ path }) => path.startsWith("teamRef")) ?? false;
}

function keyOf(threadId: string): string {
  return `${BOUNDS.keyPrefix}${threadId}`;
}
