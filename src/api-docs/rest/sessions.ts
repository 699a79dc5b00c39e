import type { SESSIONS } from "../../operations/rest/sessions";
import { createSession, recoverSession } from "../../protocol/rest/sessions";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { named } from "../named";
import { IDS, RECOVERY_TOKEN, SESSION } from "../samples";

named("CreateSession", createSession);
named("RecoverSession", recoverSession);

const away = { ...SESSION, connections: 0, state: "away" as const };
const grant = json(MODELS.SessionGrant, { session: away, recoveryToken: RECOVERY_TOKEN });

export const SESSIONS_DESCRIBED: Descriptions<typeof SESSIONS> = {
  list: {
    answer: {
      description: "A page of sessions.",
      json: json(MODELS.SessionPage, { items: [SESSION], nextCursor: null }),
    },
  },
  create: {
    description:
      "Makes the same checks as the upgrade, and says why it refuses, which a browser cannot " +
      "read of an upgrade. The recovery token goes into the subprotocol list of the upgrade.",
    body: { taskId: IDS.task },
    answer: { description: "The session and its recovery token.", json: grant },
    errors: ["forbidden", "not_found", "session_limit"],
  },
  recover: {
    description: "The same session with a new token.",
    body: { recoveryToken: RECOVERY_TOKEN },
    answer: { description: "The session and its new recovery token.", json: grant },
    errors: ["forbidden", "recovery_invalid", "session_expired", "session_limit"],
  },
  revoke: {
    description: "Its connections close with 4401, also those that are being opened.",
    answer: { description: "The session has ended." },
  },
};
