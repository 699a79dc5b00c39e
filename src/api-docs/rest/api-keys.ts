import type { API_KEYS } from "../../operations/rest/api-keys";
import { apiKey, createApiKey, createdApiKey } from "../../protocol/rest/api-keys";
import { type Descriptions, json } from "../description";
import { pageOf } from "../models";
import { named } from "../named";
import { IDS, TIMES } from "../samples";

const KEY = {
  id: IDS.key,
  name: "nightly build",
  scopes: ["read" as const],
  createdAt: TIMES.created,
  expiresAt: "2027-11-17T00:00:00.000Z",
  lastUsedAt: null,
};

named("CreateApiKey", createApiKey);

export const API_KEYS_DESCRIBED: Descriptions<typeof API_KEYS> = {
  list: {
    description: "Never the keys themselves.",
    answer: {
      description: "A page of keys.",
      json: json(pageOf("ApiKeyPage", named("ApiKey", apiKey)), { items: [KEY], nextCursor: null }),
    },
  },
  create: {
    description: "The key is shown this once. Nobody grants a scope that they do not hold.",
    body: { name: "nightly build", scopes: ["read"] },
    answer: {
      description: "The key.",
      json: json(named("CreatedApiKey", createdApiKey), {
        ...KEY,
        key: `trk_${"0".repeat(49)}`,
      }),
    },
    errors: ["conflict"],
  },
  revoke: {
    description:
      "It stops working at once; its sockets and event streams end within 5 s, also those that are " +
      "being opened, and also where a step fails: `unavailable` means that it opens nothing any more " +
      "and that the rest follows by itself.",
    answer: { description: "It is gone." },
  },
};
