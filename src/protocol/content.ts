import * as z from "zod";
import { LIMITS } from "./limits";

/** What a person writes (contract section 4, `content`). */
export const content = z.string().min(1).max(LIMITS.contentUnits);
/** Why a person does something. */
export const reason = z.string().max(LIMITS.reasonChars);
/** The sender's own name for a message: the same again is the same message. */
export const clientMessageId = z.string().min(1).max(LIMITS.clientKeyChars);
/** Names a step of a turn. */
export const stepRef = z.string().min(1).max(LIMITS.refChars);
