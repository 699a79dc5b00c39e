import * as z from "zod";
import { content } from "../content";
import { turnId } from "../ids";

export const chatGuide = z.strictObject({ turnId: turnId.optional(), content });
export type ChatGuide = z.infer<typeof chatGuide>;
