import * as z from "zod";
import { turnId } from "../ids";

/** A COMPLETED turn's answer once more: another turn for the same message. */
export const chatRegenerate = z.strictObject({ turnId });
export type ChatRegenerate = z.infer<typeof chatRegenerate>;
