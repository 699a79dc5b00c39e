import * as z from "zod";
import { turnId } from "../ids";

export const chatRetry = z.strictObject({ turnId });
export type ChatRetry = z.infer<typeof chatRetry>;
