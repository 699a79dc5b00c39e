import * as z from "zod";
import { knownTasks } from "../history/operator/known-tasks";
import { knownUsers } from "../history/operator/sealed-rows";
import { databasesOf } from "../history/shards/databases";
import { describeError, logError } from "../platform/platform-log";
import { BAD_CURSOR, decodeCursor, encodeCursor } from "../protocol/cursor";
import type { KnownPage, ListKnown, Reproject, Reprojected } from "../protocol/operator/reproject";
import { RefusedRequest } from "./problem";
import { answerOf, type TaskRoomStub, taskRoom, twice, userRoom } from "./rooms/ask";

const PAGE = 100;

/** First the tasks of each database, then all users that any of them knows. */
const place = z.discriminatedUnion("at", [
  z.strictObject({ at: z.literal("tasks"), shard: z.string(), after: z.string() }),
  z.strictObject({ at: z.literal("users"), after: z.string() }),
]);
type Place = z.infer<typeof place>;

/** Has rooms write their tasks into their databases again. One that does not answer keeps none from its turn. */
export async function reprojectTasks(
  env: Env,
  { taskIds, objectIds }: Reproject,
): Promise<Reprojected> {
  const done: Reprojected = { rewritten: [], empty: [], unreachable: [] };
  const rooms = [
    ...taskIds.map((id) => ({ id, room: () => taskRoom(env, id) })),
    ...objectIds.map((id) => ({ id, room: () => roomOfObject(env, id) })),
  ];
  // One after the other: all may be of one database.
  for (const { id, room } of rooms) {
    try {
      const written = await twice(() => room().reproject());
      if (written.ok) done.rewritten.push(written.value);
      else if (written.refusal.code === "not_found") done.empty.push(id);
      else done.unreachable.push(id);
    } catch (error) {
      logError("reproject_unanswered", { room: id, causes: describeError(error) });
      done.unreachable.push(id);
    }
  }
  return done;
}

function roomOfObject({ TASK_ROOM }: Env, objectId: string): TaskRoomStub {
  // The platform's RPC types recurse without end over JSON values, so the interface stands in.
  return TASK_ROOM.get(TASK_ROOM.idFromString(objectId)) as unknown as TaskRoomStub;
}

/** A page of the tasks that a user's home lists; without a user, of the tasks and users that the databases know. */
export async function knownHistory(env: Env, { userId, cursor }: ListKnown): Promise<KnownPage> {
  if (userId !== undefined) return listedTasks(env, userId, cursor);
  const from = cursor === undefined ? undefined : decodeCursor(place, cursor);
  if (cursor !== undefined && !from) throw new RefusedRequest(BAD_CURSOR);
  const databases = databasesOf(env);
  const [first = ""] = databases.keys();
  const at: Place = from ?? { at: "tasks", shard: first, after: "" };
  if (at.at === "tasks") return storedTasks(env, at);
  const userIds = await knownUsers(databases, at.after, PAGE);
  const last = userIds.length === PAGE ? userIds.at(-1) : undefined;
  const nextCursor = last === undefined ? null : encodeCursor({ at: "users", after: last });
  return { taskIds: [], userIds, nextCursor };
}

async function storedTasks(
  env: Env,
  { shard, after }: Extract<Place, { at: "tasks" }>,
): Promise<KnownPage> {
  const databases = databasesOf(env);
  const database = databases.get(shard);
  const taskIds = database ? await knownTasks(database, after, PAGE) : [];
  const last = taskIds.length === PAGE ? taskIds.at(-1) : undefined;
  const names = [...databases.keys()];
  const next = names[names.indexOf(shard) + 1];
  const users = { at: "users", after: "" };
  const further = next === undefined ? users : { at: "tasks", shard: next, after: "" };
  const goesOn = last === undefined ? further : { at: "tasks", shard, after: last };
  return { taskIds, userIds: [], nextCursor: encodeCursor(goesOn) };
}

async function listedTasks(
  env: Env,
  userId: string,
  cursor: string | undefined,
): Promise<KnownPage> {
  const query = { limit: PAGE, ephemeral: true, ...(cursor !== undefined && { cursor }) };
  const { items, nextCursor } = answerOf(
    await twice(() => userRoom(env, userId).listTasks(userId, query)),
  );
  const creators = new Set(items.map(({ createdBy }) => createdBy));
  return { taskIds: items.map(({ id }) => id), userIds: [...creators], nextCursor };
}
