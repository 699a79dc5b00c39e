import type { NamedPush, PushConfig, PushList } from "../../operations/a2a/params";
import { checkTarget } from "../../platform/target";
import type { JsonObject } from "../../protocol/json";
import type { Ref } from "../../protocol/refs";
import { TIME_MARK, type TurnHook } from "../../protocol/rooms/turn-hook";
import type { TurnStatus } from "../../protocol/turn";
import { bodyHash } from "../../worker/body-hash";
import type { AppContext } from "../../worker/context";
import { settingsOf } from "../../worker/current-settings";
import { mayCreate } from "../../worker/middleware/creation-limit";
import { answerOf, ownHome, twice } from "../../worker/rooms/ask";
import { begunOf, readTurn } from "./contexts";
import { Fault, notValid } from "./fault";
import { type Begun, factsOf, isOver } from "./reading";
import { STATE_OF, statusOf } from "./task-frames";

const CONTENT_TYPE = "application/a2a+json";
const TOKEN_HEADER = "X-A2A-Notification-Token";
/** What is told; what a task is doing meanwhile is there for those who stream. */
const TOLD: readonly TurnStatus[] = ["WAITING", "COMPLETED", "FAILED", "INTERRUPTED"];
const NAME_CHARS = 32;

/** Throws where an address may not be told of anything. `path`: of the config in the params. */
export function mustBeReachable(c: AppContext, { url }: PushConfig, path: string): void {
  const target = checkTarget(url, { allowPrivate: settingsOf(c.env).ALLOW_PRIVATE_TARGETS });
  if (!target.ok) throw notValid(`${path}url`, target.reason);
}

/** Has an address told of a task: from now on, and of what it has come to already. */
export async function pushTo(c: AppContext, begun: Begun, config: PushConfig): Promise<JsonObject> {
  await mayCreate(c, "webhooks");
  const { task, turn } = begun;
  const { id: taskId } = factsOf(c, begun);
  // The same asked for again, without a name, is the same.
  const hash = await bodyHash([config.url, config.token ?? ""]);
  const name = config.id ?? hash.slice(0, NAME_CHARS);
  const { url, authentication } = config;
  const scheme = authentication && { authentication: { scheme: authentication.scheme } };
  const shown = { id: name, taskId, url, ...scheme };
  const hook = {
    ...{ taskId: task.id, turnId: turn.id, name, url, shown },
    ...{ contentType: CONTENT_TYPE, headers: headersOf(config), bodies: bodiesOf(c, begun) },
  };
  answerOf(await twice(() => ownHome(c).putTurnHook(hook)));
  // Nobody tells what was before.
  const now = await readTurn(c, task, turn.id);
  if (isOver(now) || now.status === "WAITING") {
    const news = { turnId: turn.id, status: now.status, ts: statusOf(now).timestamp };
    await twice(() => ownHome(c).tellTurnHooks(task.id, news));
  }
  return shown;
}

export async function createPush(
  c: AppContext,
  team: Ref,
  config: PushConfig & { taskId: string },
) {
  mustBeReachable(c, config, "");
  return pushTo(c, await begunOf(c, team, config.taskId), config);
}

export async function readPush(c: AppContext, team: Ref, { taskId, id }: NamedPush) {
  const found = (await hooksOf(c, team, taskId)).find(({ name }) => name === id);
  if (found) return found.shown;
  throw new Fault("taskNotFound", "The task has no such push notification config");
}

/** All at once: a task has few. */
export async function listPushes(c: AppContext, team: Ref, { taskId }: PushList) {
  const hooks = await hooksOf(c, team, taskId);
  return { configs: hooks.map(({ shown }) => shown), nextPageToken: "" };
}

/** One that is not there is as it is wanted. */
export async function deletePush(c: AppContext, team: Ref, { taskId, id }: NamedPush) {
  const { turn } = await begunOf(c, team, taskId);
  await twice(() => ownHome(c).removeTurnHook(turn.id, id));
  return {};
}

async function hooksOf(c: AppContext, team: Ref, taskId: string): Promise<TurnHook[]> {
  const { turn } = await begunOf(c, team, taskId);
  return twice(() => ownHome(c).listTurnHooks(turn.id));
}

function headersOf({ token, authentication }: PushConfig): Record<string, string> {
  const { scheme, credentials } = authentication ?? {};
  return {
    ...(token !== undefined && { [TOKEN_HEADER]: token }),
    ...(credentials !== undefined && { Authorization: `${scheme} ${credentials}` }),
  };
}

/** The protocol's own updates, by what the turn has become. */
function bodiesOf(c: AppContext, begun: Begun): TurnHook["bodies"] {
  const { id: taskId, contextId } = factsOf(c, begun);
  const bodyOf = (status: TurnStatus) => ({
    statusUpdate: { taskId, contextId, status: { state: STATE_OF[status], timestamp: TIME_MARK } },
  });
  return Object.fromEntries(TOLD.map((status) => [status, bodyOf(status)]));
}
