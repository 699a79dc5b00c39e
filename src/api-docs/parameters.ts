import * as z from "zod";
import { idempotencyKey } from "../protocol/rest/idempotency-key";
import { lastEventId } from "../protocol/rest/log-position";
import { IDS } from "./samples";

export type Parameter = { schema: z.ZodType; description: string; example: string };

export const REQUEST_HEADERS = {
  "Content-Disposition": {
    schema: z.string(),
    description: "Names the file (RFC 6266): `filename*` in UTF-8, or `filename`.",
    example: "attachment; filename*=UTF-8''photo%20of%20me.png",
  },
  "Idempotency-Key": {
    schema: idempotencyKey,
    description:
      "Names the attempt: the same key and body within 24 hours gives the first answer again, " +
      "another body is a `conflict`.",
    example: "0b9d9a1c-order-17",
  },
  "Last-Event-ID": {
    schema: lastEventId,
    description: "The `id` of the last event read, to go on after it. Stands above `after`.",
    example: `${IDS.epoch}-41`,
  },
} as const satisfies Record<string, Parameter>;
export type RequestHeader = keyof typeof REQUEST_HEADERS;

/** Taken by every operation. */
export const REQUEST_ID: Parameter = {
  schema: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
  description: "An id of the caller's own for this request; one of another form is replaced.",
  example: "my-request-17",
};

export const ANSWER_HEADERS = {
  "X-Request-Id": {
    schema: z.string(),
    description: "Ties the answer to the service's log: the caller's id, or a new one.",
    example: IDS.request,
  },
  "Retry-After": {
    schema: z.int().min(1),
    description: "Whole seconds after which to ask again.",
    example: "2",
  },
  Location: {
    schema: z.string(),
    description: "The path of what was made.",
    example: `/api/v1/tasks/${IDS.task}`,
  },
  "WWW-Authenticate": {
    schema: z.string(),
    description: "RFC 6750's challenge: `Bearer`, with `error` where a credential was tried.",
    example: 'Bearer error="invalid_token", error_description="The token\'s aud is missing"',
  },
} as const satisfies Record<string, Parameter>;
export type AnswerHeader = keyof typeof ANSWER_HEADERS;

/** What the names in a query mean, wherever they stand; an operation's own meaning goes before. */
const QUERY_PARAMETERS: Record<string, string> = {
  limit: "Items of one page.",
  cursor: "`nextCursor` of the page before.",
  status: "Only these; may be repeated.",
  label: "`key=value`; may be repeated, and all must match.",
  team: "`namespace/name` of the team.",
  createdAfter: "Only what was created after this time.",
  createdBefore: "Only what was created before this time.",
  key: "The task of this key.",
  "listKnownTasks.userId": "The user whose home is asked for its list; else the databases are.",
  waiting: "`true`: only those that wait for a person; `false`: only the others.",
  ephemeral: "`true`: with ephemeral tasks among them; without it they are left out.",
  "uploadFile.name": "The file's name; stands above that of `Content-Disposition`.",
  inline: "`1`: an image, audio, video or PDF is not to be saved but shown.",
  superseded: "`true`: with those among them that were superseded; without it they are left out.",
  q: "Part of the title, in any case: a word, a few letters, one character.",
  type: "Only events of these types; may be repeated.",
  level: "Only these; may be repeated.",
  agentType: "Only entries of these roles; may be repeated.",
  namespace: "Only this namespace.",
  taskId: "The task.",
  threadId: "Only this thread; the default one is `main`.",
  role: "Only these; may be repeated.",
  epoch: "`epoch` of the last `session:ready` or `history:reset`.",
  "listEvents.after": "The last `seq` already known.",
  offset: "Where to begin: `-1`, `now`, or the `Stream-Next-Offset` of an answer.",
  live: "`long-poll`: one answer, once there is something; `sse`: a stream.",
  unread: "`true`: only those that were not acknowledged.",
  window: "How far the board looks back: `hour`, `day` or `week`.",
  "joinUserRoom.after": "The last `seq` applied; without it the newest state comes.",
  "joinRoom.after": "The last `seq` applied; without it the snapshot comes.",
  "listMessages.after": "A message id: newer ones, exclusive.",
  "aiSdkMessages.before": "`nextCursor` of the page before: what is older than this message.",
  "listMessages.before": "A message id: older ones, exclusive.",
  stream: "`true`: as an event stream, from its beginning or from `starting_after`.",
  starting_after: "The last `sequence_number` already known.",
  order: "`asc`: oldest first; by default newest first.",
  after: "The last id of the page before.",
};

export function queryMeaning(operationId: string, name: string): string {
  return QUERY_PARAMETERS[`${operationId}.${name}`] ?? QUERY_PARAMETERS[name] ?? "";
}
