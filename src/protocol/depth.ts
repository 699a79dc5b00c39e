import * as z from "zod";
import { type Refusal, refuse } from "./errors";
import { taskId } from "./ids";

/**
 * Calls that go round: a request that an agent makes on behalf of a turn says how many turns it has come
 * through, each called by the one before, and of which tasks. A person's request says neither.
 */
export const DEPTH_HEADER = "Taskroom-Depth";
/** Task ids, a comma between them, the first caller's first. */
export const TASKS_HEADER = "Taskroom-Tasks";
/** The same in the `_meta` of a call of a tool: a number, and a list. */
export const DEPTH_META = "taskroom/depth";
export const TASKS_META = "taskroom/tasks";

/** Deeper calls are refused: two deployments could feed each other for ever. */
export const MAX_DEPTH = 3;

/** Of which turns' work a request is a part. */
export const descent = z.object({
  depth: z.int().min(1),
  tasks: z.array(taskId).max(MAX_DEPTH),
});
export type Descent = z.infer<typeof descent>;

/** Why a request may not have work done that is only looked at; nothing where it may. */
export function tooDeep(of: Descent | undefined): Refusal | undefined {
  if (of === undefined || of.depth <= MAX_DEPTH) return undefined;
  const message = `The call has come through ${of.depth} turns, each called by the one before; ${MAX_DEPTH} are allowed`;
  return refuse("forbidden", message);
}

/** That of the requests which a turn's agents make; `before` is that of the turn's own request. */
export function nextDescent(before: Descent | undefined, task: string): Descent {
  const { depth, tasks } = before ?? { depth: 0, tasks: [] };
  return { depth: depth + 1, tasks: [...tasks, task].slice(-MAX_DEPTH) };
}

export function descentHeaders({ depth, tasks }: Descent): Record<string, string> {
  return { [DEPTH_HEADER]: String(depth), [TASKS_HEADER]: tasks.join(",") };
}

export function descentMeta({ depth, tasks }: Descent) {
  return { [DEPTH_META]: depth, [TASKS_META]: tasks };
}
