import { readBoard } from "../../protocol/operator/board";
import { listKnown, reproject } from "../../protocol/operator/reproject";
import { resealSecrets } from "../../protocol/operator/reseal";
import type { Group } from "../operation";

const tag = "Service";

/** For who runs the service. */
export const SERVICE = {
  health: {
    id: "health",
    tag,
    method: "get",
    path: "/healthz",
    summary: "Whether the service works",
    scope: "open",
    status: 200,
  },
  metrics: {
    id: "metrics",
    tag,
    method: "get",
    path: "/metrics",
    summary: "What the service has counted",
    scope: "admin",
    status: 200,
    media: "text/plain",
  },
  board: {
    id: "readBoard",
    tag,
    method: "get",
    path: "/api/v1/board",
    summary: "What the service has done over the last hour, day or week",
    scope: "admin",
    query: readBoard,
    status: 200,
  },
  reseal: {
    id: "resealSecrets",
    tag,
    method: "post",
    path: "/api/v1/secrets/reseal",
    summary: "Seal stored secrets with the newest key",
    scope: "admin",
    body: resealSecrets,
    status: 200,
  },
  reproject: {
    id: "reprojectTasks",
    tag,
    method: "post",
    path: "/api/v1/history/reproject",
    summary: "Have rooms write their tasks into their databases again",
    scope: "admin",
    body: reproject,
    status: 200,
  },
  knownTasks: {
    id: "listKnownTasks",
    tag,
    method: "get",
    path: "/api/v1/history/tasks",
    summary: "Tasks and users that databases or a user's home know",
    scope: "admin",
    query: listKnown,
    status: 200,
  },
} as const satisfies Group;
