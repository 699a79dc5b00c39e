import * as z from "zod";
import type { ListA2aTasks, TaskState } from "../../operations/a2a/params";
import { BOUNDS } from "../../operations/a2a/params";
import { decodeCursor, encodeCursor } from "../../protocol/cursor";
import type { Ref } from "../../protocol/refs";
import { listTasks as listQuery } from "../../protocol/rest/list-tasks";
import type { Task } from "../../protocol/task";
import { type TurnStatus, turnStatus } from "../../protocol/turn";
import type { AppContext } from "../../worker/context";
import { answerOf, taskRoom, twice } from "../../worker/rooms/ask";
import { listTasks } from "../../worker/rooms/own-tasks";
import { findContext, isOf } from "./contexts";
import { notValid } from "./fault";
import { withHistory } from "./history";
import { type Begun, factsOf, readUntil } from "./reading";
import { STATE_OF, statusOf } from "./task-frames";
import type { WireTask } from "./wire";

/** Rooms that are asked for one page, and turns that are read whole for one. */
const ROOMS = 20;
const WHOLE = 10;

/** Where a page ended: in the list of tasks, in that of one task's turns, and how many came before. */
const position = z.strictObject({
  tasks: z.string().optional(),
  turns: z.string().optional(),
  seen: z.int().min(0),
});
type Position = z.infer<typeof position>;

/** The caller's turns with a team, of one context or of all, newest first in each. */
export async function list(c: AppContext, team: Ref, asked: ListA2aTasks) {
  const { contextId, includeArtifacts = false } = asked;
  const pageSize = asked.pageSize ?? BOUNDS.defaultPageTasks;
  const most = includeArtifacts ? Math.min(pageSize, WHOLE) : pageSize;
  const from = positionOf(asked.pageToken);
  const found: Begun[] = [];
  let at: Position | undefined = from;
  for (let rooms = 0; at && found.length < most && rooms < ROOMS; rooms++) {
    const { task, next }: Room = await roomAt(c, { team, contextId, at });
    if (!task) {
      at = undefined;
      break;
    }
    const page = await turnsOf(c, task, { asked, cursor: at.turns, limit: most - found.length });
    found.push(...page.begun);
    const more: Position | undefined = next === null ? undefined : { tasks: next, seen: 0 };
    at = page.cursor === null ? more : { ...at, turns: page.cursor };
  }
  const seen = from.seen + found.length;
  const tasks = await Promise.all(found.map((begun) => shown(c, begun, asked)));
  return {
    tasks,
    nextPageToken: at ? tokenOf({ ...at, seen }) : "",
    pageSize,
    // Nobody counts them: so many there are at least.
    totalSize: seen + (at ? 1 : 0),
  };
}

type Room = { task: Task | undefined; next: string | null };

/** The task at a place of the list, and the place of the one after it. */
async function roomAt(
  c: AppContext,
  { team, contextId, at }: { team: Ref; contextId: string | undefined; at: Position },
): Promise<Room> {
  if (contextId !== undefined) {
    const task = await findContext(c, contextId);
    return { task: task && isOf(team, task) ? task : undefined, next: null };
  }
  const query = { limit: "1", team, ephemeral: "true", ...(at.tasks && { cursor: at.tasks }) };
  const { items, nextCursor } = await listTasks(c, listQuery.parse(query));
  return { task: items[0], next: nextCursor };
}

type Turns = { asked: ListA2aTasks; cursor: string | undefined; limit: number };

async function turnsOf(c: AppContext, task: Task, { asked, cursor, limit }: Turns) {
  const status = statusesOf(asked.status);
  if (status?.length === 0) return { begun: [], cursor: null };
  const query = { limit, ...(cursor && { cursor }), ...(status && { status }) };
  const page = await twice(() => taskRoom(c.env, task.id).turns(c.var.principal, query));
  const { items, nextCursor } = answerOf(page);
  const after = asked.statusTimestampAfter && Date.parse(asked.statusTimestampAfter);
  const isMeant = (begun: Begun) => !after || Date.parse(statusOf(begun.turn).timestamp) >= after;
  const begun = items.map((turn) => ({ task, turn })).filter(isMeant);
  return { begun, cursor: nextCursor };
}

/** The turns' statuses that a state of the protocol stands for. */
function statusesOf(state: TaskState | undefined): TurnStatus[] | undefined {
  return state && turnStatus.options.filter((status) => STATE_OF[status] === state);
}

async function shown(
  c: AppContext,
  begun: Begun,
  { includeArtifacts = false, historyLength = 0 }: ListA2aTasks,
): Promise<WireTask> {
  const task = includeArtifacts
    ? { artifacts: [], ...(await readUntil(c, begun, "now")).task }
    : bare(c, begun);
  return withHistory(c, begun, task, historyLength);
}

function bare(c: AppContext, begun: Begun): WireTask {
  const { id, contextId } = factsOf(c, begun);
  return { id, contextId, status: statusOf(begun.turn) };
}

function tokenOf({ tasks, turns, seen }: Position): string {
  return encodeCursor({
    ...(tasks !== undefined && { tasks }),
    ...(turns !== undefined && { turns }),
    seen,
  });
}

function positionOf(token: string | undefined): Position {
  if (token === undefined) return { seen: 0 };
  const found = decodeCursor(position, token);
  if (found) return found;
  throw notValid("pageToken", "not a token of this list");
}
