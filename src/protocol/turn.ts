import * as z from "zod";
import { failure } from "./errors";
import { messageId, taskId, turnId } from "./ids";
import { jsonObject, jsonValue } from "./json";
import { LIMITS } from "./limits";
import { timestamp } from "./time";
import { toolUse } from "./tools/tool-use";
import { usage } from "./usage";

export const turnStatus = z.enum([
  "PENDING",
  "PROCESSING",
  "WAITING",
  "COMPLETED",
  "INTERRUPTED",
  "FAILED",
]);
export type TurnStatus = z.infer<typeof turnStatus>;

export const stepStatus = z.enum([
  "PENDING",
  "RUNNING",
  "RETRYING",
  "WAITING",
  "COMPLETED",
  "FAILED",
  "SKIPPED",
  "INTERRUPTED",
]);
export type StepStatus = z.infer<typeof stepStatus>;

/** What a turn waits for while it is WAITING. */
export const waitingFor = z.enum(["confirmation", "approval", "client-tool", "budget"]);
export type WaitingFor = z.infer<typeof waitingFor>;

/** What to do with a message while a turn is open. */
export const onBusy = z.enum(["enqueue", "interrupt", "reject", "guide", "merge", "rollback"]);
export type OnBusy = z.infer<typeof onBusy>;
/** What a turn keeps of it: one that others may join just waits, and one that rolled back has interrupted. */
export const keptOnBusy = onBusy.exclude(["merge", "rollback"]);
export type KeptOnBusy = z.infer<typeof keptOnBusy>;

/** What is kept of a message's, or a team's, in the words that the release before knows. */
export function keptOf(policy: OnBusy): KeptOnBusy {
  if (policy === "merge") return "enqueue";
  return policy === "rollback" ? "interrupt" : policy;
}

export const threadId = z.string().min(1).max(LIMITS.threadChars);
export const DEFAULT_THREAD = "main";

export const stepResult = z.object({
  status: z.enum(["COMPLETED", "FAILED"]),
  output: z.string(),
  data: jsonValue.optional(),
  error: failure.optional(),
  attempts: z.int(),
  durationMs: z.int(),
  usage: usage.optional(),
  /** Set where `output` was cut for the socket; REST has it whole. */
  truncated: z.literal(true).optional(),
});
export type StepResult = z.infer<typeof stepResult>;

export const step = z.object({
  /** Stable within the turn. */
  step: z.string(),
  /** The member's role in the team. */
  phase: z.string(),
  /** `namespace/name`. */
  bot: z.string(),
  status: stepStatus,
  attempt: z.int(),
  run: z.int(),
  startedAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  durationMs: z.int().optional(),
  percentComplete: z.int().min(0).max(100).optional(),
  messageId: messageId.optional(),
  result: stepResult.optional(),
  /** Uses of tools with their values whole: on REST alone, of one turn. */
  tools: z.array(toolUse).optional(),
});
export type Step = z.infer<typeof step>;

export const turn = z.object({
  id: turnId,
  taskId,
  threadId,
  /** The user's message. */
  messageId,
  /** Of its first event, by default the user's message: a feed after the number before it hears the whole turn. */
  firstSeq: z.int().min(1).optional(),
  /** The turn whose answers it takes the place of. */
  regenerates: turnId.optional(),
  status: turnStatus,
  reason: z.string().optional(),
  waitingFor: waitingFor.optional(),
  error: failure.optional(),
  onBusy: keptOnBusy,
  createdAt: timestamp,
  startedAt: timestamp.optional(),
  endedAt: timestamp.optional(),
  deadlineAt: timestamp.optional(),
  usage: usage.optional(),
  steps: z.array(step),
  metadata: jsonObject,
});
export type Turn = z.infer<typeof turn>;
