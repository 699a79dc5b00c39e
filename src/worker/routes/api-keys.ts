import { Hono } from "hono";
import { addApiKey, listApiKeys } from "../../history/api-keys";
import { refuse } from "../../protocol/errors";
import { hasScope, highestScope } from "../../protocol/identity";
import { apiKeyId, newId } from "../../protocol/ids";
import { createApiKey } from "../../protocol/rest/api-keys";
import { listPage } from "../../protocol/rest/page";
import { toTimestamp } from "../../protocol/time";
import { readBody } from "../body";
import type { AppEnv } from "../context";
import { mintApiKey } from "../identity/api-key";
import { readId } from "../path-id";
import { RefusedRequest } from "../problem";
import { readQuery } from "../query";
import { answerOf } from "../rooms/ask";
import { revokeKey } from "../rooms/revoke-key";

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
  answerOf(await revokeKey(c.env, userId, id));
  return c.body(null, 204);
});
