import { callAgent, leaveStep } from "../../agents/call-agent";
import type { Hearing } from "../../agents/voice";
import { FileBucket } from "../../files/bucket";
import { type Histories, historiesOf } from "../../history/shards/histories";
import { agents } from "../../own/agents";
import { inJurisdiction } from "../../platform/jurisdiction";
import type { Levels } from "../../platform/levels";
import { unsealPortable } from "../../platform/sealing";
import { readOnce, type Settings, settings as settingsSchema } from "../../platform/settings";
import type { Tally } from "../../platform/tally";
import type { Outcome } from "../../protocol/errors";
import type { Principal } from "../../protocol/identity";
import type { Place } from "../../protocol/rooms/place";
import type { StepEnd, StepRequest } from "../../resources/step";
import { NO_FILES, type StepFiles } from "../../resources/step-files";
import { tellShard } from "../metrics-shard/api";
import { type Meter, meterOf } from "../usage-meter/api";
import type { HomeFilesApi, TaskNews, UserRoomApi } from "../user-room/api";
import type { CarriedPage, CarryQuery, TaskRoomApi } from "./api";

/** Places in a turn's life at which a test build may stop the runtime dead. */
export type FaultPoint =
  | "frame received"
  | "before commit"
  | "after commit"
  | "after fan-out"
  | "before begin"
  | "files claimed"
  | "file kept"
  | "files released"
  | "model called"
  | "text written"
  | "model finished"
  | "before round"
  | "after round"
  | "before resumable"
  | "after resumable"
  | "before file"
  | "after file"
  | "before calls"
  | "after calls"
  | "before result"
  | "after result"
  | "before waiting"
  | "after waiting"
  | "before answer"
  | "after answer"
  | "before D1"
  | "after D1"
  | "cursor marked"
  | "before users"
  | "after users"
  | "users marked"
  | "before meters"
  | "after meters"
  | "meters marked"
  | "before carrying"
  | "after carrying"
  | "before copy"
  | "after copy"
  | "alarm";

/**
 * Everything outside the room that can fail or be slow, behind one narrow interface each, so that a
 * test build can put a failing one in its place. The production bundle holds none of those.
 */
export type Doors = {
  settings: Settings;
  /** Milliseconds since 1970. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** The control database. */
  db: D1Database;
  /** Where tasks' histories are. */
  histories: Histories;
  storage: DurableObjectStorage;
  /** Tells a user's room; resolves when it has it for good. */
  tellUser(userId: string, news: TaskNews): Promise<void>;
  /** Asks the room of a task that is forked for a page of its history. */
  carry(taskId: string, principal: Principal, query: CarryQuery): Promise<Outcome<CarriedPage>>;
  /** Of one user. */
  meter(userId: string): Meter;
  /** Of one user: where their files are accounted for. */
  homeFiles(userId: string): HomeFilesApi;
  /** The bytes of files; nothing where the deployment has no bucket. */
  bucket: FileBucket | undefined;
  /** Has an agent make one attempt; gives nothing where it was aborted. Never rejects. */
  callAgent(
    request: StepRequest,
    hearing: Hearing,
    signal: AbortSignal,
    files: StepFiles,
  ): Promise<StepEnd | undefined>;
  /** Tells an agent of which no attempt is at work that nobody wants its work any more. Never rejects. */
  leaveStep(request: StepRequest): Promise<void>;
  /** Tells the service's counts, and what there is now; nobody repeats it. */
  tellMetrics(tally: Tally, levels: Levels): Promise<void>;
  fault(point: FaultPoint): void;
};

const settingsOf = readOnce(settingsSchema);

export function productionDoors(ctx: DurableObjectState, env: Env): Doors {
  const settings = settingsOf(env);
  const hold = (work: Promise<unknown>) => ctx.waitUntil(work);
  const unseal = (text: string) => unsealPortable(settings.SECRETS_KEY, text);
  const world = { settings, hold, unseal, own: agents, ai: env.AI };
  return {
    settings,
    now: () => Date.now(),
    random: () => Math.random(),
    db: env.DB,
    histories: historiesOf(env),
    storage: ctx.storage,
    tellUser: (userId, news) => userRoom(env, userId).deliver(news),
    carry: (taskId, principal, query) => taskRoom(env, taskId).carry(principal, query),
    meter: (userId) => meterOf(env, userId),
    homeFiles: (userId) => userRoom(env, userId),
    bucket: env.FILES && new FileBucket(env.FILES),
    callAgent: (request, hearing, signal, files) =>
      callAgent(request, hearing, signal, { ...world, files }),
    leaveStep: (request) => leaveStep(request, { ...world, files: NO_FILES }),
    tellMetrics: (tally, levels) => tellShard(env, ctx.id.toString(), tally, levels),
    fault: () => undefined,
  };
}

function taskRoom(env: Env, taskId: string): TaskRoomApi {
  // As with the user's room.
  return inJurisdiction(env, env.TASK_ROOM).getByName(taskId) as unknown as TaskRoomApi;
}

/** A user's own room. `near`: where it is made, where the user comes with a first request of their own. */
export function userRoom(env: Env, userId: string, near?: Place): UserRoomApi {
  // The platform's RPC types recurse without end over JSON values, so the interface stands in.
  return inJurisdiction(env, env.USER_ROOM).getByName(
    userId,
    near && { locationHint: near },
  ) as unknown as UserRoomApi;
}
