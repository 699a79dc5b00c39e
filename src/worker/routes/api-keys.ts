import { Hono } from "hono";
import { addApiKey, listApiKeys, removeApiKey } from "../../history/api-keys";
import { createApiKey } from "../../protocol/api-keys";
import { refuse } from "../../protocol/errors";
import { hasScope, highestScope } from "../../protocol/identity";
import { apiKeyId, newId } from "../../protocol/ids";
import { listPage } from "../../protocol/rest/page";
import { toTimestamp } from "../../protocol/time";
import { readBody } from "../body";
import type { AppContext, AppEnv } from "../context";
import { mintApiKey } from "../identity/api-key";
import { readId } from "../path-id";
import { RefusedRequest } from "../problem";
import { readQuery } from "../query";
import { taskRoom, twice, userRoom } from "../rooms/ask";

export const apiKeys = new Hono<AppEnv>();

apiKeys.get("/", async (c) => {
  const page = await listApiKeys(c.env.DB, c.var.principal.userId, readQuery(c.req.raw, listPage));
  if (page) return c.json(page);
  const issues = [{ path: "cursor", message: "not a cursor of this list" }];
  throw new RefusedRequest(
    refuse("invalid_request", "The cursor is not one of this list.", { issues }),
  );
});

apiKeys.post("/", async (c) => {
  const { principal } = c.var;
  const { name, scopes, expiresAt = null } = await readBody(c.req.raw, createApiKey);
  const now = Date.now();
  if (!hasScope(principal, highestScope(scopes))) {
    throw new RefusedRequest(refuse("forbidden", "Nobody grants a scope they don't hold."));
  }
  if (expiresAt !== null && Date.parse(expiresAt) <= now) {
    const issues = [{ path: "expiresAt", message: "not in the future" }];
    throw new RefusedRequest(refuse("invalid_request", "The key would be expired.", { issues }));
  }
  const { key, hash } = await mintApiKey();
  const made = { id: newId("key", now), name, scopes, createdAt: toTimestamp(now), expiresAt };
  const added = await addApiKey(c.env.DB, { ...made, hash, userId: principal.userId });
  if (!added) throw new RefusedRequest(refuse("conflict", "You have as many API keys as one may."));
  return c.json({ ...made, lastUsedAt: null, key }, 201);
});

apiKeys.delete("/:id", async (c) => {
  const id = readId(apiKeyId, c.req.param("id"));
  const { userId } = c.var.principal;
  if (!(await removeApiKey(c.env.DB, userId, id))) {
    throw new RefusedRequest(refuse("not_found", "There is no such API key."));
  }
  await cutSockets(c, userId, id);
  return c.body(null, 204);
});

/** A revoked key's sockets close at once, in every room where the user is. */
async function cutSockets({ env }: AppContext, userId: string, keyId: string): Promise<void> {
  const rooms = await twice(() => userRoom(env, userId).connectedTasks());
  await Promise.allSettled([
    twice(() => userRoom(env, userId).closeKey(keyId)),
    ...rooms.map((taskId) => twice(() => taskRoom(env, taskId).closeKey(keyId))),
  ]);
}
