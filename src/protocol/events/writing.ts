import * as z from "zod";
import { messageId, turnId } from "../ids";

/** A step's attempts are numbered 1, 2, 3, … */
export const attempt = z.int().min(1);

/**
 * Where a tool's use belongs: ids are the provider's and may repeat, this never does. Events of before
 * rounds were counted lack it.
 */
export const toolPlace = { round: z.int().min(0).optional(), index: z.int().min(0).optional() };

/** Where what an attempt says belongs. */
export const writing = { turnId, messageId, attempt };
