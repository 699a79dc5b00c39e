import * as z from "zod";
import { failureCode, failureDetails } from "../errors";
import { messageId, turnId } from "../ids";
import { message } from "../message";
import { attempt } from "./writing";

export const chatError = z.object({
  turnId,
  messageId: messageId.optional(),
  attempt,
  code: failureCode,
  message: z.string(),
  ...failureDetails.shape,
  retryable: z.boolean(),
  retryInMs: z.int().optional(),
  /** What is kept of a final one. */
  partial: message.nullable(),
});
export type ChatError = z.infer<typeof chatError>;
