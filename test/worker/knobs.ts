import {
  ALARM_MODES,
  BUCKET_MODES,
  control,
  D1_MODES,
  REACH_MODES,
  STORAGE_MODES,
  tallyOf,
} from "./control";
import { closeGate, isReached, openGate } from "./gates";
import { loseHistory, storedHistory } from "./stored-history";
import type { TaskRoom } from "./task-room";
import type { UserRoom } from "./user-room";

type Value = (name: string) => string;

/** `/test/<knob>`: what a test that runs in another process can do and ask. */
const KNOBS: Record<string, (value: Value, env: Env) => unknown> = {
  constructed(value, env) {
    const id = env.TASK_ROOM.idFromName(value("task")).toString();
    return { constructed: control.constructed.get(id) ?? 0 };
  },
  /** What one room has done with its storage. */
  tally: (value, env) => tallyOf(env.TASK_ROOM.idFromName(value("task")).toString()),
  counts: () => ({ transactions: control.transactions, alarmsSet: control.alarmsSet }),
  history: (value, env) =>
    taskRooms(env)
      .getByName(value("task"))
      .fill(Number(value("messages"))),
  async die(value, env) {
    const dying = value("task")
      ? taskRooms(env).getByName(value("task")).die()
      : userRooms(env).getByName(value("user")).die();
    // Whoever asks it to dies with it.
    await dying.catch(() => undefined);
  },
  fault(value) {
    control.fault = { point: value("point"), nth: Number(value("nth") || 1) };
  },
  clock(value) {
    control.clockAheadMs = Number(value("ahead"));
  },
  d1(value) {
    control.d1 = oneOf(D1_MODES, value("is"));
    control.d1Of = value("of") || undefined;
    control.d1SlowMs = Number(value("ms") || control.d1SlowMs);
  },
  /** How large a database says it is: `bytes`, or what it has where that is not said. */
  size(value) {
    if (value("bytes") === "") control.d1Sizes.delete(value("of"));
    else control.d1Sizes.set(value("of"), Number(value("bytes")));
  },
  /** A database of histories loses its rows. */
  lose: (value, env) => loseHistory(env, value("of")),
  /** What the databases have of a task. */
  stored: (value, env) => storedHistory(env, value("task")),
  alarms(value) {
    control.alarms = oneOf(ALARM_MODES, value("are"));
  },
  /** `after`: once tasks' rooms have made so many transactions more. */
  storage(value) {
    const storage = oneOf(STORAGE_MODES, value("is"));
    const transactions = Number(value("after") || 0);
    if (value("of") === "homes") control.homeStorage = storage;
    else if (transactions > 0) control.storageAfter = { transactions, storage };
    else Object.assign(control, { storage, storageAfter: undefined });
  },
  reach(value) {
    const mode = oneOf(REACH_MODES, value("is"));
    const of = (["users", "meters", "rooms"] as const).find((name) => name === value("of"));
    if (of) control[of] = mode;
  },
  bucket(value) {
    control.bucket = oneOf(BUCKET_MODES, value("is"));
  },
  /** Which files the bucket has, and what a home has of its user's. */
  async files(value, env) {
    const { objects = [] } = (await env.FILES?.list()) ?? {};
    const rows: unknown = JSON.parse(await userRooms(env).getByName(value("user")).fileRows());
    return { bucket: objects.map(({ key }) => key), home: rows };
  },
  /** A task's room, or a user's, does what is due by its clock. */
  ring: (value, env) =>
    value("task")
      ? taskRooms(env).getByName(value("task")).ring()
      : userRooms(env).getByName(value("user")).ring(),
  gate(value) {
    const [at, of] = [value("at"), value("of")];
    if (value("is") === "closed") closeGate(at, of);
    if (value("is") === "open") openGate(at, of);
    return { isReached: isReached(at, of) };
  },
};

export async function turnKnob({ pathname, searchParams }: URL, env: Env): Promise<Response> {
  const knob = KNOBS[pathname.slice("/test/".length)];
  if (!knob) return new Response(null, { status: 404 });
  const answer = await knob((name) => searchParams.get(name) ?? "", env);
  return Response.json(answer ?? {});
}

function oneOf<const Modes extends readonly [string, ...string[]]>(
  modes: Modes,
  wanted: string,
): Modes[number] {
  return modes.find((mode) => mode === wanted) ?? modes[0];
}

// The bindings know the production classes; here the rooms are ours.
function taskRooms(env: Env): DurableObjectNamespace<TaskRoom> {
  return env.TASK_ROOM as unknown as DurableObjectNamespace<TaskRoom>;
}

function userRooms(env: Env): DurableObjectNamespace<UserRoom> {
  return env.USER_ROOM as unknown as DurableObjectNamespace<UserRoom>;
}
