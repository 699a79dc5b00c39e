import { listPage } from "../../protocol/rest/page";
import { createSession, recoverSession } from "../../protocol/rest/sessions";
import { MODELS } from "../models";
import { named } from "../named";
import { json, type Operation } from "../operation";
import { IDS, RECOVERY_TOKEN, SESSION } from "../samples";

const CREATE = named("CreateSession", createSession);
const RECOVER = named("RecoverSession", recoverSession);

const tag = "Sessions";
const path = "/api/v1/sessions";
const away = { ...SESSION, connections: 0, state: "away" as const };
const grant = json(MODELS.SessionGrant, { session: away, recoveryToken: RECOVERY_TOKEN });

export const SESSIONS: readonly Operation[] = [
  {
    id: "listPage",
    tag,
    method: "get",
    path,
    summary: "List your sessions",
    scope: "read",
    query: listPage,
    answer: {
      status: 200,
      description: "A page of sessions.",
      json: json(MODELS.SessionPage, { items: [SESSION], nextCursor: null }),
    },
  },
  {
    id: "createSession",
    tag,
    method: "post",
    path,
    summary: "Make a session before connecting",
    description:
      "Makes the same checks as the upgrade, and says why it refuses, which a browser cannot " +
      "read of an upgrade. The recovery token goes into the subprotocol list of the upgrade.",
    scope: "read",
    body: { ...json(CREATE, { taskId: IDS.task }), required: true },
    answer: { status: 201, description: "The session and its recovery token.", json: grant },
    errors: ["forbidden", "not_found", "session_limit"],
  },
  {
    id: "recoverSession",
    tag,
    method: "post",
    path: `${path}/recover`,
    summary: "Exchange a recovery token",
    description: "The same session with a new token.",
    scope: "read",
    body: { ...json(RECOVER, { recoveryToken: RECOVERY_TOKEN }), required: true },
    answer: { status: 200, description: "The session and its new recovery token.", json: grant },
    errors: ["forbidden", "recovery_invalid", "session_expired", "session_limit"],
  },
  {
    id: "revokeSession",
    tag,
    method: "delete",
    path: `${path}/{sessionId}`,
    summary: "End a session",
    description: "Its connections close with 4401, also those that are being opened.",
    scope: "write",
    answer: { status: 204, description: "The session has ended." },
  },
];
