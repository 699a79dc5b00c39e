import * as z from "zod";
import type { SentMessage } from "../../operations/a2a/params";
import { reason } from "../../protocol/content";
import { LIMITS } from "../../protocol/limits";

const decision = z.strictObject({
  approve: z.boolean(),
  note: reason.optional(),
  /** One of the calls that wait; without it all of them are meant. */
  toolCallId: z.string().min(1).max(LIMITS.toolNameChars).optional(),
});
/** A person's word on what a turn waits for. */
export type Word = z.infer<typeof decision>;

const YES = new Set(["yes", "y", "ok", "okay", "approve", "approved", "confirm", "confirmed"]);
const NO = new Set(["no", "n", "reject", "rejected", "deny", "denied", "refuse", "refused"]);

/** The word that a message is: one of these in text, or exactly, as data. Nothing where it is none. */
export function wordOf({ parts }: SentMessage): Word | undefined {
  const [part, ...more] = parts;
  if (!part || more.length > 0) return undefined;
  if (part.data !== undefined) return decision.safeParse(part.data).data;
  const text = part.text?.trim().toLowerCase().replace(/[.!]$/, "") ?? "";
  if (YES.has(text)) return { approve: true };
  return NO.has(text) ? { approve: false } : undefined;
}
