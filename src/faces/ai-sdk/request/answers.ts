import * as z from "zod";
import type { SentMessage } from "../../../operations/ai-sdk/chat-request";
import { reason } from "../../../protocol/content";
import { type Issue, issuesOf } from "../../../protocol/issues";
import { jsonValue } from "../../../protocol/json";
import { LIMITS } from "../../../protocol/limits";
import { type Asked, readApprovalId } from "../shown/approval-id";
import { readCallId } from "../shown/call-id";

/** A person's word, or what a client made of a call; `id` is how the client names what it answers. */
export type Answer =
  | { kind: "word"; id: string; about: Asked; approve: boolean; note?: string }
  | { kind: "output"; id: string; call: ReturnType<typeof readCallId>; given: Given };

type Given = { output: z.infer<typeof jsonValue> } | { error: string };

const responded = z.looseObject({
  state: z.literal("approval-responded"),
  approval: z.looseObject({
    id: z.string().transform((text, context) => {
      const about = readApprovalId(text);
      if (about) return { id: text, about };
      context.addIssue({ code: "custom", message: "not an approval of this service" });
      return z.NEVER;
    }),
    approved: z.boolean(),
    reason: reason.nullish(),
  }),
});

// What was made elsewhere is no answer of the client's.
const made = {
  toolCallId: z.string().min(1).max(LIMITS.toolNameChars),
  providerExecuted: z.literal(false).nullish(),
};
const output = z.looseObject({
  ...made,
  state: z.literal("output-available"),
  output: jsonValue.optional(),
});
const failed = z.looseObject({
  ...made,
  state: z.literal("output-error"),
  errorText: z.string().max(LIMITS.toolErrorUnits).optional(),
});

type Part = SentMessage["parts"][number];
type Read = { answers: Answer[]; issues: Issue[] };

/** What the parts of an assistant's message answer. */
export function answersIn({ parts }: SentMessage, at: string): Read {
  const answers: Answer[] = [];
  const issues: Issue[] = [];
  parts.forEach((part, i) => {
    if (part.type !== "dynamic-tool" && !part.type.startsWith("tool-")) return;
    const read = answerIn(part);
    if (read?.success) answers.push(read.data);
    else if (read)
      issues.push(...issuesOf(read.error).map((one) => below(`${at}.parts.${i}`, one)));
  });
  return { answers, issues };
}

function below(at: string, { path, message }: Issue): Issue {
  return { path: path === "" ? at : `${at}.${path}`, message };
}

function answerIn(part: Part): z.ZodSafeParseResult<Answer> | undefined {
  if (part.state === "approval-responded") return word.safeParse(part);
  if (part.providerExecuted === true) return undefined;
  if (part.state === "output-available") return outcome.safeParse(part);
  if (part.state === "output-error") return failure.safeParse(part);
  return undefined;
}

const word = responded.transform(({ approval }): Answer => {
  const { id, approved: approve, reason: note } = approval;
  return { kind: "word", ...id, approve, ...(typeof note === "string" && { note }) };
});

const outcome = output.transform(({ toolCallId: id, output = null }): Answer => {
  return { kind: "output", id, call: readCallId(id), given: { output } };
});

const failure = failed.transform(({ toolCallId: id, errorText }): Answer => {
  const given = { error: errorText || "The client's tool failed." };
  return { kind: "output", id, call: readCallId(id), given };
});
