import * as z from "zod";

export const chatTyping = z.strictObject({ typing: z.boolean() });
export type ChatTyping = z.infer<typeof chatTyping>;
