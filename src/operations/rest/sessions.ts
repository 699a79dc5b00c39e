import { sessionId } from "../../protocol/ids";
import { listPage } from "../../protocol/rest/page";
import { createSession, recoverSession } from "../../protocol/rest/sessions";
import type { Group } from "../operation";

const tag = "Sessions";
const path = "/api/v1/sessions";

/** A `read` credential may join a room, and so have a session for that. */
export const SESSIONS = {
  list: {
    id: "listPage",
    tag,
    method: "get",
    path,
    summary: "List your sessions",
    scope: "read",
    query: listPage,
    status: 200,
  },
  create: {
    id: "createSession",
    tag,
    method: "post",
    path,
    summary: "Make a session before connecting",
    scope: "read",
    sameOrigin: true,
    body: createSession,
    status: 201,
  },
  recover: {
    id: "recoverSession",
    tag,
    method: "post",
    path: `${path}/recover`,
    summary: "Exchange a recovery token",
    scope: "read",
    sameOrigin: true,
    body: recoverSession,
    status: 200,
  },
  revoke: {
    id: "revokeSession",
    tag,
    method: "delete",
    path: `${path}/{sessionId}`,
    params: { sessionId },
    summary: "End a session",
    scope: "write",
    status: 204,
  },
} as const satisfies Group;
