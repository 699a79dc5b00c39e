import * as z from "zod";
import { LIMITS } from "../limits";

export const idempotencyKey = z
  .string()
  .min(1)
  .max(LIMITS.clientKeyChars)
  .regex(/^[\x21-\x7e]+$/, { error: "visible ASCII characters only" });
