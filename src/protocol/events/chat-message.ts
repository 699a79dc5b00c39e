import * as z from "zod";
import { message } from "../message";

/** A user's message, to everyone, the sender too. */
export const chatMessage = z.object({ message });
export type ChatMessage = z.infer<typeof chatMessage>;
