import * as z from "zod";
import { VISIBLE } from "../blank";
import { jsonBytes, utf8Bytes } from "../bytes";
import { LIMITS } from "../limits";
import { messageRole } from "../message";

const BLANK = "blank: white space and characters of zero width alone";

/** One message of a conversation that was held elsewhere. */
export const givenMessage = z.strictObject({
  role: messageRole,
  content: z
    .string()
    .min(1)
    .regex(VISIBLE, { error: BLANK })
    // A message is a row: control characters take six times as much as JSON.
    .refine((text) => jsonBytes(text) <= LIMITS.answerJsonBytes, {
      error: `larger than ${LIMITS.answerJsonBytes} bytes as JSON`,
    }),
  /** Who said it there. */
  name: z.string().min(1).max(LIMITS.givenNameChars).regex(VISIBLE, { error: BLANK }).optional(),
});
export type GivenMessage = z.infer<typeof givenMessage>;

const whole = z
  .array(givenMessage)
  .max(LIMITS.givenMessages)
  .refine((messages) => bytesOf(messages) <= LIMITS.givenHistoryBytes, {
    error: `contents and names are larger than ${LIMITS.givenHistoryBytes} bytes of UTF-8 in all`,
  });

/** A conversation that a task begins with, oldest first. */
export const givenHistory = z.preprocess((value, context) => {
  // Looked at before the messages are: a body has room for a million that are none.
  if (!Array.isArray(value) || value.length <= LIMITS.givenMessages) return value;
  context.addIssue({ code: "custom", message: `more than ${LIMITS.givenMessages} messages` });
  return z.NEVER;
}, whole);

function bytesOf(messages: readonly GivenMessage[]): number {
  return messages.reduce(
    (sum, { content, name = "" }) => sum + utf8Bytes(content) + utf8Bytes(name),
    0,
  );
}
