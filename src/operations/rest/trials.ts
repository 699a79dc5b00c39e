import { namespace, resourceName } from "../../protocol/refs";
import { tryServer } from "../../resources/trial";
import type { Group } from "../operation";

const params = { namespace, name: resourceName };

/** Whether what a resource names is there and answers, before a turn needs it. */
export const TRIALS = {
  model: {
    id: "testModel",
    tag: "Models",
    method: "post",
    path: "/api/v1/models/{namespace}/{name}/test",
    params,
    summary: "Ask a model for a word",
    scope: "write",
    limit: "trials",
    status: 200,
  },
  server: {
    id: "testGhost",
    tag: "Ghosts",
    method: "post",
    path: "/api/v1/ghosts/{namespace}/{name}/test",
    params,
    summary: "Ask one of a ghost's MCP servers for its tools",
    scope: "write",
    limit: "trials",
    body: tryServer,
    status: 200,
  },
} as const satisfies Group;
