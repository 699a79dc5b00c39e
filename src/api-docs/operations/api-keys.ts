import { apiKey, createApiKey, createdApiKey } from "../../protocol/rest/api-keys";
import { listPage } from "../../protocol/rest/page";
import { pageOf } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS, TIMES } from "../samples";

const KEY = {
  id: IDS.key,
  name: "nightly build",
  scopes: ["read" as const],
  createdAt: TIMES.created,
  expiresAt: "2027-11-17T00:00:00.000Z",
  lastUsedAt: null,
};

const tag = "API keys";
const path = "/api/v1/api-keys";

export const API_KEYS: readonly Operation[] = [
  {
    id: "listApiKeys",
    tag,
    method: "get",
    path,
    summary: "List your API keys",
    description: "Never the keys themselves.",
    scope: "read",
    query: listPage,
    answer: {
      status: 200,
      description: "A page of keys.",
      json: json(pageOf("ApiKeyPage", named("ApiKey", apiKey)), { items: [KEY], nextCursor: null }),
    },
  },
  {
    id: "createApiKey",
    tag,
    method: "post",
    path,
    summary: "Make an API key",
    description: "The key is shown this once. Nobody grants a scope that they do not hold.",
    scope: "write",
    body: {
      ...json(named("CreateApiKey", createApiKey), { name: "nightly build", scopes: ["read"] }),
      required: true,
    },
    answer: {
      status: 201,
      description: "The key.",
      json: json(named("CreatedApiKey", createdApiKey), {
        ...KEY,
        key: `trk_${"0".repeat(49)}`,
      }),
    },
    errors: ["conflict"],
  },
  {
    id: "revokeApiKey",
    tag,
    method: "delete",
    path: `${path}/{keyId}`,
    summary: "Revoke an API key",
    description:
      "It stops working at once; its sockets and event streams end within 5 s, also those that are " +
      "being opened, and also where a step fails: `unavailable` means that it opens nothing any more " +
      "and that the rest follows by itself.",
    scope: "write",
    answer: { status: 204, description: "It is gone." },
  },
];
