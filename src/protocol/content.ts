import * as z from "zod";
import { VISIBLE } from "./blank";
import { LIMITS } from "./limits";

/** What a person writes (contract section 4, `content`): something of it shows. */
export const content = z
  .string()
  .min(1)
  .max(LIMITS.contentUnits)
  .regex(VISIBLE, { error: "blank: white space and characters of zero width alone" });
/** Why a person does something. */
export const reason = z.string().max(LIMITS.reasonChars);
/** The sender's own name for a message: the same again is the same message. */
export const clientMessageId = z.string().min(1).max(LIMITS.clientKeyChars);
/** Names a step of a turn. */
export const stepRef = z.string().min(1).max(LIMITS.refChars);
