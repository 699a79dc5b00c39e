import * as z from "zod";
import { knownUsers, putSecrets, resourcesWithSecrets } from "../history/operator/sealed-rows";
import { databasesOf } from "../history/shards/databases";
import { describeError, logError } from "../platform/platform-log";
import { added, type ResealCount, reseal, tally } from "../platform/reseal";
import type { Settings } from "../platform/settings";
import { decodeCursor, encodeCursor } from "../protocol/cursor";
import { refuse } from "../protocol/errors";
import type { ResealPage } from "../protocol/operator/reseal";
import { identityOf, type StoredResource } from "../resources/secrets";
import { RefusedRequest } from "./problem";
import { twice, userRoom } from "./rooms/ask";

/** Of one page: well within one request's calls. */
const RESOURCES = 50;
const USERS = 20;

/** First all resources, then the rooms of all users that any database knows. */
const place = z.discriminatedUnion("at", [
  z.strictObject({
    at: z.literal("resources"),
    namespace: z.string(),
    kind: z.string(),
    name: z.string(),
  }),
  z.strictObject({ at: z.literal("users"), after: z.string() }),
]);
const FIRST_USER = { at: "users", after: "" } as const;

type Doors = { env: Env; settings: Settings };

/**
 * One page of sealing everything stored with the first `SECRETS_KEY`. Each page may be done again
 * and changes nothing where all is done; nobody's `resourceVersion` changes by it.
 */
export async function resealPage(doors: Doors, cursor: string | undefined): Promise<ResealPage> {
  const from = cursor === undefined ? undefined : decodeCursor(place, cursor);
  if (cursor !== undefined && !from) {
    const issues = [{ path: "cursor", message: "not a cursor of this walk" }];
    throw new RefusedRequest(refuse("invalid_request", "The cursor is not valid", { issues }));
  }
  if (doors.settings.SECRETS_KEY.length === 0) {
    throw new RefusedRequest(refuse("unavailable", "The setting SECRETS_KEY is not set"));
  }
  if (from?.at === "users") return usersPage(doors, from.after);
  const stored = await resourcesWithSecrets(doors.env.DB, from, RESOURCES);
  let count = tally().seen;
  for (const resource of stored) count = added(count, await resealResource(doors, resource));
  const last = stored.length === RESOURCES ? stored.at(-1) : undefined;
  const next = last && { at: "resources", ...placeOf(last) };
  return { ...count, unreachable: 0, nextCursor: encodeCursor(next ?? FIRST_USER) };
}

function placeOf({ kind, metadata }: StoredResource) {
  return { namespace: metadata.namespace, kind, name: metadata.name };
}

async function resealResource({ env, settings }: Doors, stored: StoredResource) {
  const count = tally();
  const secrets = { ...stored.secrets };
  for (const [path, sealed] of Object.entries(stored.secrets)) {
    const next = count.note(await reseal(settings.SECRETS_KEY, sealed, identityOf(stored)));
    if (next !== undefined) secrets[path] = next;
  }
  if (count.seen.resealed > 0) await putSecrets(env.DB, { ...stored, secrets });
  return count.seen;
}

async function usersPage({ env }: Doors, after: string): Promise<ResealPage> {
  const users = await knownUsers(databasesOf(env), after, USERS);
  const answers = await Promise.all(users.map((userId) => resealUser(env, userId)));
  const counts = answers.filter((answer) => answer !== undefined);
  const last = users.length === USERS ? users.at(-1) : undefined;
  return {
    ...counts.reduce(added, tally().seen),
    unreachable: answers.length - counts.length,
    nextCursor: last === undefined ? null : encodeCursor({ at: "users", after: last }),
  };
}

/** One room that does not answer must not keep the others from their turn. */
async function resealUser(env: Env, userId: string): Promise<ResealCount | undefined> {
  try {
    return await twice(() => userRoom(env, userId).reseal());
  } catch (error) {
    logError("reseal_failed", { causes: describeError(error) });
    return undefined;
  }
}
