import { COLLECTIONS } from "../resources/resource";
import type { Face } from "./operation";
import { API_KEYS } from "./rest/api-keys";
import { STORED_FILES } from "./rest/files";
import { LOG } from "./rest/log";
import { MEMBERS } from "./rest/members";
import { MESSAGES } from "./rest/messages";
import { NOTIFICATIONS } from "./rest/notifications";
import { collection } from "./rest/resources";
import { ROOMS } from "./rest/rooms";
import { SEARCH } from "./rest/search";
import { SERVICE } from "./rest/service";
import { SESSIONS } from "./rest/sessions";
import { TASKS } from "./rest/tasks";
import { TRIALS } from "./rest/trials";
import { TURNS } from "./rest/turns";
import { USAGE } from "./rest/usage";
import { WEBHOOKS } from "./rest/webhooks";

const [ghosts, models, shells, bots, teams] = COLLECTIONS;

/** The service's own API, in the order in which it is described. */
export const REST = {
  below: ["/api"],
  via: "rest",
  groups: {
    tasks: TASKS,
    turns: TURNS,
    members: MEMBERS,
    log: LOG,
    messages: MESSAGES,
    files: STORED_FILES,
    search: SEARCH,
    sessions: SESSIONS,
    ghosts: collection(ghosts),
    models: collection(models),
    shells: collection(shells),
    bots: collection(bots),
    teams: collection(teams),
    trials: TRIALS,
    apiKeys: API_KEYS,
    notifications: NOTIFICATIONS,
    webhooks: WEBHOOKS,
    usage: USAGE,
    rooms: ROOMS,
    service: SERVICE,
  },
} as const satisfies Face;
