import { apiKeyId } from "../../protocol/ids";
import { createApiKey } from "../../protocol/rest/api-keys";
import { listPage } from "../../protocol/rest/page";
import type { Group } from "../operation";

const tag = "API keys";
const path = "/api/v1/api-keys";

export const API_KEYS = {
  list: {
    id: "listApiKeys",
    tag,
    method: "get",
    path,
    summary: "List your API keys",
    scope: "read",
    query: listPage,
    status: 200,
  },
  create: {
    id: "createApiKey",
    tag,
    method: "post",
    path,
    summary: "Make an API key",
    scope: "write",
    body: createApiKey,
    status: 201,
    limit: "keys",
  },
  revoke: {
    id: "revokeApiKey",
    tag,
    method: "delete",
    path: `${path}/{keyId}`,
    params: { keyId: apiKeyId },
    summary: "Revoke an API key",
    scope: "write",
    status: 204,
  },
} as const satisfies Group;
