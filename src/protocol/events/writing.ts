import * as z from "zod";
import { messageId, turnId } from "../ids";

/** A step's attempts are numbered 1, 2, 3, … */
export const attempt = z.int().min(1);

/** Where what an attempt says belongs. */
export const writing = { turnId, messageId, attempt };
