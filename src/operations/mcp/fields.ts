import * as z from "zod";
import { VISIBLE } from "../../protocol/blank";
import { taskId, turnId } from "../../protocol/ids";
import { jsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { writtenRef } from "../../protocol/refs";
import { taskStatus } from "../../protocol/task";
import { turnStatus, waitingFor } from "../../protocol/turn";

/** Models read these schemas: plain ones, with words, and no patterns that a provider may not take. */
export const task = z.string().min(1).max(LIMITS.refChars).describe("The task's id: the handle.");

export const team = z
  .string()
  .describe('The team, "namespace/name", such as "system/assistant".')
  .pipe(writtenRef);

export const input = z
  .string()
  .min(1)
  .max(LIMITS.contentUnits)
  .refine((text) => VISIBLE.test(text), { error: "blank" })
  .describe("What the team is asked, in plain words.");

export const title = z.string().min(1).max(LIMITS.titleChars).describe("A title for the list.");

/** One thing that a person is to say yes or no to. */
const ask = z.object({
  question: z.string(),
  call: z.string().optional().describe("Names the call, where several wait."),
  tool: z.string().optional(),
  input: jsonValue.optional().describe("What the tool would be called with."),
});
export type Ask = z.infer<typeof ask>;

/** A turn: what the team has made of one message. */
export const outcome = z.object({
  task: taskId,
  turn: turnId,
  status: turnStatus.describe(
    "PENDING and PROCESSING: at work. WAITING: for a person. The others: over.",
  ),
  answer: z.string().describe("What the team's last speaker has said."),
  files: z
    .array(
      z.object({
        ...{ id: z.string(), name: z.string(), mediaType: z.string(), size: z.int() },
        url: z
          .string()
          .describe("Where its bytes are, for whoever sends this server's credential."),
      }),
    )
    .optional()
    .describe("What the team has made beside its words."),
  waiting: z
    .object({ for: waitingFor, asks: z.array(ask) })
    .optional()
    .describe("What is waited for; the tool `confirm` answers."),
  reason: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type TurnOutcome = z.infer<typeof outcome>;

const taskFields = {
  task: taskId,
  title: z.string(),
  team: z.string(),
  status: taskStatus,
  created: z.string(),
  updated: z.string(),
};

export const taskNow = z.object({
  ...taskFields,
  progress: z.int().optional().describe("Percent of the team's steps."),
  last: outcome.optional().describe("The turn at work, or the last one."),
});

const listed = z.object({ ...taskFields, waiting: waitingFor.optional() });
export type ListedTask = z.infer<typeof listed>;

export const taskPage = z.object({
  tasks: z.array(listed),
  nextCursor: z.string().nullable().describe("Pass it as `cursor` for the next page."),
});

export const page = {
  limit: z.int().min(1).max(LIMITS.pageItems).default(20),
  cursor: z.string().min(1).max(512).optional(),
};
