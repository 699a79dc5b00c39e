import { REST } from "../../operations/rest";
import { COLLECTIONS } from "../../resources/resource";
import { problemResponse } from "../problem";
import { served } from "../serving/face";
import { apiKeys } from "./api-keys";
import { files } from "./files";
import { log } from "./log";
import { members } from "./members";
import { messages } from "./messages";
import { notifications } from "./notifications";
import { resources } from "./resources";
import { rooms } from "./rooms";
import { search } from "./search";
import { service } from "./service";
import { sessions } from "./sessions";
import { tasks } from "./tasks";
import { trials } from "./trials";
import { turns } from "./turns";
import { usage } from "./usage";
import { webhooks } from "./webhooks";

const [ghosts, models, shells, bots, teams] = COLLECTIONS;

/** The service's own API. */
export const rest = served(REST, {
  errorsAs: problemResponse,
  handlers: {
    tasks,

    turns,
    members,
    log,
    messages,
    files,
    search,
    sessions,
    ghosts: resources(ghosts),
    models: resources(models),
    shells: resources(shells),
    bots: resources(bots),
    teams: resources(teams),
    trials,
    apiKeys,
    notifications,
    webhooks,
    usage,
    rooms,
    service,
  },
});
