import type { REST } from "../../operations/rest";
import type { FaceDescription } from "../description";
import { PROBLEMS } from "../problems";
import { IDS } from "../samples";
import { API_KEYS_DESCRIBED } from "./api-keys";
import { LOG_DESCRIBED } from "./log";
import { MEMBERS_DESCRIBED } from "./members";
import { MESSAGES_DESCRIBED } from "./messages";
import { NOTIFICATIONS_DESCRIBED } from "./notifications";
import { describeCollection } from "./resources";
import { ROOMS_DESCRIBED } from "./rooms";
import { SEARCH_DESCRIBED } from "./search";
import { SERVICE_DESCRIBED } from "./service";
import { SESSIONS_DESCRIBED } from "./sessions";
import { STORED_FILES_DESCRIBED } from "./stored-files";
import { TASKS_DESCRIBED } from "./tasks";
import { TRIALS_DESCRIBED } from "./trials";
import { TURNS_DESCRIBED } from "./turns";
import { USAGE_DESCRIBED } from "./usage";
import { WEBHOOKS_DESCRIBED } from "./webhooks";

/** The service's own API, for its readers. */
export const REST_DESCRIPTION: FaceDescription<typeof REST> = {
  errors: PROBLEMS,
  parameters: {
    taskId: { description: "The task.", example: IDS.task },
    turnId: { description: "The turn.", example: IDS.turn },
    messageId: { description: "The message.", example: IDS.question },
    sessionId: { description: "The session.", example: IDS.session },
    fileId: { description: "The file.", example: IDS.file },
    userId: { description: "The member's user id.", example: "bob" },
    namespace: { description: "`system`, or a user's id.", example: "alice" },
    name: { description: "The name in its namespace.", example: "researcher" },
    keyId: { description: "The API key's id.", example: IDS.key },
    webhookId: { description: "The webhook.", example: IDS.webhook },
    deliveryId: { description: "The delivery.", example: IDS.delivery },
  },
  groups: {
    tasks: TASKS_DESCRIBED,
    turns: TURNS_DESCRIBED,
    members: MEMBERS_DESCRIBED,
    log: LOG_DESCRIBED,
    messages: MESSAGES_DESCRIBED,
    files: STORED_FILES_DESCRIBED,
    search: SEARCH_DESCRIBED,
    sessions: SESSIONS_DESCRIBED,
    ghosts: describeCollection("Ghost"),
    models: describeCollection("Model"),
    shells: describeCollection("Shell"),
    bots: describeCollection("Bot"),
    teams: describeCollection("Team"),
    trials: TRIALS_DESCRIBED,
    apiKeys: API_KEYS_DESCRIBED,
    notifications: NOTIFICATIONS_DESCRIBED,
    webhooks: WEBHOOKS_DESCRIBED,
    usage: USAGE_DESCRIBED,
    rooms: ROOMS_DESCRIBED,
    service: SERVICE_DESCRIBED,
  },
};
