import * as z from "zod";
import { stepRef } from "../../protocol/content";
import { taskId, turnId } from "../../protocol/ids";
import { parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";

export const ULID = "[0-9a-hjkmnp-tv-z]{26}";

/** A response's id carries the task and the turn, so that nothing has to be looked up. */
export const responseId = z
  .string()
  .regex(new RegExp(`^resp_${ULID}_${ULID}$`), { error: "not a response's id" });
export const conversationId = z
  .string()
  .regex(new RegExp(`^conv_${ULID}$`), { error: "not a conversation's id" });

/** What a person is asked for: a step of a turn, or a call of it; `n` tells repeated questions apart. */
const asked = z.strictObject({
  /** Absent in the ids of the last release. */
  task: taskId.optional(),
  turn: turnId,
  step: stepRef,
  call: z.string().min(1).max(LIMITS.toolNameChars).optional(),
  n: z.int(),
});
export type Asked = z.infer<typeof asked>;

/** Bytes of JSON in which every character may take six, as base64. */
export const APPROVAL_CHARS = 8 * (LIMITS.toolNameChars + LIMITS.refChars) + 200;

/** The id of a request for approval, and what it asks for. */
export const approvalRequest = z
  .string()
  .max(APPROVAL_CHARS)
  .transform((id, context): Asked => {
    const parsed = asked.safeParse(parseJson(decoded(id)).value);
    if (id.startsWith("mcpr_") && parsed.success) return parsed.data;
    context.addIssue({ code: "custom", message: "not the id of a request for approval" });
    return z.NEVER;
  });

function decoded(id: string): string {
  const base64 = id.slice("mcpr_".length).replaceAll("-", "+").replaceAll("_", "/");
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return "";
  }
}
