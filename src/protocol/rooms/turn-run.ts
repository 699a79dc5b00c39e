import * as z from "zod";
import { descent } from "../depth";
import { attachment } from "../files/attachment";
import { jsonObject } from "../json";
import { clientTool } from "../tools/tool-use";
import { usage } from "../usage";

export const guidance = z.object({
  turnId: z.string(),
  messageId: z.string(),
  userId: z.string(),
  name: z.string().optional(),
  content: z.string(),
  clientMessageId: z.string().optional(),
  /** Where it is said if it becomes a turn; absent in the thread of the turn that it was for. */
  threadId: z.string().optional(),
  /** That of the request that it came with. */
  descent: descent.optional(),
  metadata: jsonObject.optional(),
  /** Tools that its sender carries out; `turn`: those of the turn that it was for. */
  clientTools: z.union([z.literal("turn"), z.array(clientTool)]).optional(),
});
export type Guidance = z.infer<typeof guidance>;

/** A file that the answer of a step carries, once it is a message. */
export const keptFile = z.object({
  /** Names it within the step's run. */
  key: z.string(),
  attachment,
  /** The call of a tool that gave it. */
  call: z.object({ round: z.int(), index: z.int() }).optional(),
  /** What keeps it when an attempt ends without an answer: the rounds that are gone on from, or its key alone. */
  stays: z.enum(["rounds", "run"]).optional(),
  /** The agent of its own with whose rounds it stays; absent with a model's. */
  bot: z.string().optional(),
});
export type KeptFile = z.infer<typeof keptFile>;

/** What the engine keeps of a step beside what everyone sees. Times in milliseconds since 1970. */
export const stepRun = z.object({
  /** Attempts that failed in this run and count against the retry rule. */
  tries: z.int(),
  startedAt: z.int().optional(),
  deadlineAt: z.int().optional(),
  retryAt: z.int().optional(),
  /** Since when it waits for that. */
  retryFrom: z.int().optional(),
  confirmBy: z.int().optional(),
  approved: z.boolean().optional(),
  usesFallback: z.boolean().optional(),
  /** The first event of the rounds that the next attempt goes on from. */
  roundsFrom: z.int().optional(),
  /** Tried again: the rounds of its last run, which are kept apart, are gone on from. */
  goesOn: z.boolean().optional(),
  /** The first of the runs that are one which was tried again. */
  firstRun: z.int().optional(),
  /** The last round of which all that had to wait was answered before the attempt was over. */
  answeredRound: z.int().optional(),
  /** When the calls end that the client carries out. */
  clientBy: z.int().optional(),
  /** Files that its answer will carry, in the order in which they were made. */
  files: z.array(keptFile).optional(),
});
export type StepRun = z.infer<typeof stepRun>;

/** What the engine keeps of a turn beside what everyone sees. */
export const turnRun = z.object({
  userId: z.string(),
  input: z.string(),
  /** Number of the plan that the turn started with. */
  planId: z.int().optional(),
  restarts: z.int(),
  failures: z.int(),
  rollbacks: z.int(),
  /**
   * Milliseconds on the turn's clock before `runningSince`; it stands while a person is waited for.
   * Negative where more was lost to late alarms than there was.
   */
  spentMs: z.int(),
  runningSince: z.int().optional(),
  usage: usage.optional(),
  /** What it had used when it was last tried again. */
  usageBefore: usage.optional(),
  guidance: z.array(guidance),
  /** UTF-8 bytes of all guidance that it was given, taken up or not; absent where none was counted. */
  guidanceBytes: z.int().optional(),
  /** Made of guidance that expired: its user's meter is asked, and counts it, when it begins. */
  unpaid: z.boolean().optional(),
  /** Tools that its sender carries out. */
  clientTools: z.array(clientTool).optional(),
  /** Messages that have joined its own, in their order; their words are in its input. */
  joined: z.array(z.string()).optional(),
  /** Its models are told what was said before this `seq`: what comes later is for turns to come. */
  toldBefore: z.int().optional(),
  /** Of a turn that answers anew: its message's `seq`. What others said after that message is not told. */
  anewFrom: z.int().optional(),
  /** The answers that it takes the place of once it begins. */
  supersedes: z.array(z.string()).optional(),
  /** That of the request that it was made by. */
  descent: descent.optional(),
  steps: z.record(z.string(), stepRun),
});
export type TurnRun = z.infer<typeof turnRun>;
