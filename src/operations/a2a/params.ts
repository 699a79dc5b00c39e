import * as z from "zod";
import { clientMessageId } from "../../protocol/content";
import { jsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { taskKey } from "../../protocol/task";

/** Bounds of what a client sends and names. */
export const BOUNDS = {
  /** Before a client's own id of a context, so that tasks of different protocols do not meet. */
  contextPrefix: "a2a:",
  /** Before the print of a message that came without a context: sent again, it finds its own. */
  messagePrefix: "a2a.message:",
  parts: 100,
  /** Tasks of a page (A2A 1.0, ListTasks). */
  pageTasks: 100,
  defaultPageTasks: 50,
  /** Characters of a token that an address is told with. */
  secretChars: 4096,
} as const;

/** In protobuf's JSON a field that is not there may be an empty text, or null. */
function given<Schema extends z.ZodType>(schema: Schema) {
  const absent = (value: unknown) => (value === "" || value === null ? undefined : value);
  return z.preprocess(absent, schema.optional());
}

/** One agent is at one address. */
const tenant = given(z.undefined({ error: "there are no tenants here" }));
/** What is of no task's form names no task. */
const id = z.string().max(LIMITS.clientKeyChars);
const historyLength = given(z.int().min(0));
const contextId = given(taskKey.max(LIMITS.taskKeyChars - BOUNDS.contextPrefix.length));

export const TASK_STATES = [
  "TASK_STATE_SUBMITTED",
  "TASK_STATE_WORKING",
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_REJECTED",
  "TASK_STATE_AUTH_REQUIRED",
] as const;
export type TaskState = (typeof TASK_STATES)[number];

const part = z.looseObject({
  text: z.string().optional(),
  data: jsonValue.optional(),
  /** Base64. */
  raw: z.string().optional(),
  url: z.string().optional(),
  filename: given(z.string()),
  mediaType: given(z.string()),
});
export type Part = z.infer<typeof part>;

const message = z.looseObject({
  messageId: clientMessageId,
  contextId,
  taskId: given(id),
  role: z.literal("ROLE_USER"),
  parts: z.array(part).min(1).max(BOUNDS.parts),
});
export type SentMessage = z.infer<typeof message>;

/** What a header's value may be made of. */
const secret = z
  .string()
  .max(BOUNDS.secretChars)
  .regex(/^[\x20-\x7e]+$/, { error: "not visible ASCII" });

export const pushConfig = z.looseObject({
  tenant,
  id: given(z.string().max(LIMITS.clientKeyChars)),
  url: z.url().max(2048),
  token: given(secret),
  authentication: given(
    z.looseObject({
      scheme: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/, { error: "not a scheme" }),
      credentials: given(secret),
    }),
  ),
});
export type PushConfig = z.infer<typeof pushConfig>;
export const createPush = pushConfig.extend({ taskId: id });
export const namedPush = z.looseObject({ tenant, taskId: id, id });
export type NamedPush = z.infer<typeof namedPush>;
export const listPushes = z.looseObject({ tenant, taskId: id });
export type PushList = z.infer<typeof listPushes>;

const configuration = z.looseObject({
  acceptedOutputModes: given(z.array(z.string())),
  historyLength,
  returnImmediately: given(z.boolean()),
  taskPushNotificationConfig: given(pushConfig),
});

export const sendMessage = z.looseObject({
  tenant,
  message,
  configuration: given(configuration),
});
export type SendMessage = z.infer<typeof sendMessage>;

export const getTask = z.looseObject({ tenant, id, historyLength });
export const cancelTask = z.looseObject({ tenant, id });
export const subscribeToTask = z.looseObject({ tenant, id });

const unspecified = (value: unknown) => (value === "TASK_STATE_UNSPECIFIED" ? undefined : value);

export const listTasks = z.looseObject({
  tenant,
  contextId,
  status: z.preprocess(unspecified, given(z.enum(TASK_STATES))),
  pageSize: given(z.int().min(1).max(BOUNDS.pageTasks)),
  pageToken: given(z.string().max(2048)),
  historyLength,
  statusTimestampAfter: given(z.iso.datetime({ offset: true })),
  includeArtifacts: given(z.boolean()),
});
export type ListA2aTasks = z.infer<typeof listTasks>;

/** Of methods that are refused whatever they are given. */
export const anything = z.looseObject({});
