import * as z from "zod";
import { clientMessageId } from "../../protocol/content";
import { type JsonValue, jsonObject, jsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { taskKey } from "../../protocol/task";
import { clientTools } from "../../protocol/tools/tool-use";

/** Bounds of what a client sends, which sends the whole conversation each time. */
export const BOUNDS = {
  /** Bytes; a message of the stream that has all of it still fits the client's buffer, 10 Mi characters. */
  bodyBytes: LIMITS.faceBodyBytes,
  messages: 10_000,
  /** Of one message's content. */
  parts: 100,
  /** Questions that one turn can ask at the same time: the calls of a round. */
  answers: 200,
  /** Characters of a question's id: JSON, in which every character of its names may take six. */
  interruptIdChars: 2000,
  context: 1000,
  /** Before a client's own id of a thread, so that tasks of different protocols do not meet. */
  keyPrefix: "agui:",
} as const;

/** A task's id, or the client's own name for a thread. */
export const threadId = taskKey.max(LIMITS.taskKeyChars - BOUNDS.keyPrefix.length);

/** `namespace/name` of a team, the slash as it is or as `%2F`. */
export const agentId = z
  .string()
  .max(400)
  .regex(/^.+\/[^/]+$/);

/** Read closer where it counts; what lies before is the client's memory of what the room has. */
export const sentMessage = z.looseObject({
  id: z.string().min(1).max(LIMITS.clientKeyChars),
  role: z.enum(["developer", "system", "assistant", "user", "tool", "activity", "reasoning"]),
  content: jsonValue.optional(),
});
export type SentMessage = z.infer<typeof sentMessage>;

const resumeEntry = z.looseObject({
  interruptId: z.string().min(1).max(BOUNDS.interruptIdChars),
  status: z.enum(["resolved", "cancelled"]),
  payload: jsonValue.optional(),
});
export type ResumeEntry = z.infer<typeof resumeEntry>;

const NO_PARAMETERS: { [name: string]: JsonValue } = { type: "object", properties: {} };

const tool = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  /** A JSON Schema. */
  parameters: jsonObject.nullish(),
});

/** Tools of the client, as the service hands them to a turn. */
const tools = z
  .array(tool)
  .transform(
    (all): z.input<typeof clientTools> =>
      all.map(({ name, description, parameters }) => ({
        name,
        ...(description ? { description } : {}),
        inputSchema: parameters ?? NO_PARAMETERS,
      })),
  )
  .pipe(clientTools);

/** State that both sides write is not there; none is what a client has that never set one. */
const noState = z
  .unknown()
  .refine(isNothing, {
    error: "not taken: teams share no state with their clients; say it in the message",
  })
  .optional();

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Clients of before 1.0 say none. */
const protocolVersion = z.string().max(64).nullish();

/**
 * What `HttpAgent` posts (AG-UI 1.0, `RunAgentInput`). `context` is not given to the model, and the run
 * says so; `forwardedProps` is for servers that know what is in it.
 */
export const runInput = z.looseObject({
  threadId,
  runId: clientMessageId,
  protocolVersion,
  parentRunId: z.string().max(LIMITS.clientKeyChars).nullish(),
  state: noState,
  messages: z.array(sentMessage).max(BOUNDS.messages),
  tools: tools.nullish(),
  context: z
    .array(z.looseObject({ description: z.string().nullish(), value: jsonValue.optional() }))
    .max(BOUNDS.context)
    .nullish(),
  forwardedProps: jsonValue.optional(),
  resume: z.array(resumeEntry).max(BOUNDS.answers).nullish(),
});
export type RunInput = z.infer<typeof runInput>;

/** What `connect` posts: of a run's input only the thread counts, and which messages the client has. */
export const connectInput = z.looseObject({
  threadId,
  runId: clientMessageId,
  protocolVersion,
  messages: z.array(sentMessage).max(BOUNDS.messages).default([]),
});
export type ConnectInput = z.infer<typeof connectInput>;

/** A client names the run that it means, where it began one itself. */
export const stopInput = z.looseObject({ runId: clientMessageId.optional() });

export const stopped = z.object({ stopped: z.boolean() });
