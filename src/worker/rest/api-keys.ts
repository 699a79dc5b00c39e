import { addApiKey, listApiKeys } from "../../history/api-keys";
import type { API_KEYS } from "../../operations/rest/api-keys";
import { refuse } from "../../protocol/errors";
import { hasScope, highestScope } from "../../protocol/identity";
import { newId } from "../../protocol/ids";
import { toTimestamp } from "../../protocol/time";
import { mintApiKey } from "../identity/api-key";
import { RefusedRequest } from "../problem";
import { answerOf } from "../rooms/ask";
import { revokeKey } from "../rooms/revoke-key";
import type { Handlers } from "../serving/handler";

export const apiKeys: Handlers<typeof API_KEYS> = {
  async list({ c, principal, query }) {
    const page = await listApiKeys(c.env.DB, principal.userId, query);
    if (page) return page;
    const issues = [{ path: "cursor", message: "not a cursor of this list" }];
    throw new RefusedRequest(
      refuse("invalid_request", "The cursor is not one of this list.", { issues }),
    );
  },

  async create({ c, principal, body: { name, scopes, expiresAt = null } }) {
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
    if (added) return { ...made, lastUsedAt: null, key };
    throw new RefusedRequest(refuse("conflict", "You have as many API keys as one may."));
  },

  async revoke({ c, principal, params }) {
    answerOf(await revokeKey(c.env, principal.userId, params.keyId));
  },
};
