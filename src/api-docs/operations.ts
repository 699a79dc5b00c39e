import type { Operation } from "./operation";
import { API_KEYS } from "./operations/api-keys";
import { LOG } from "./operations/log";
import { MEMBERS } from "./operations/members";
import { MESSAGES } from "./operations/messages";
import { NOTIFICATIONS } from "./operations/notifications";
import { RESOURCES } from "./operations/resources";
import { ROOMS } from "./operations/rooms";
import { SERVICE } from "./operations/service";
import { SESSIONS } from "./operations/sessions";
import { TASKS } from "./operations/tasks";
import { TURNS } from "./operations/turns";
import { USAGE } from "./operations/usage";
import { WEBHOOKS } from "./operations/webhooks";

/** Every operation of the service; a test compares those that the worker answers with its router. */
export const OPERATIONS: readonly Operation[] = [
  ...TASKS,
  ...TURNS,
  ...MEMBERS,
  ...LOG,
  ...MESSAGES,
  ...SESSIONS,
  ...RESOURCES,
  ...API_KEYS,
  ...NOTIFICATIONS,
  ...WEBHOOKS,
  ...USAGE,
  ...ROOMS,
  ...SERVICE,
];
