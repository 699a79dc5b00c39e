import * as z from "zod";
import { message } from "../message";
import { writing } from "./writing";

/** The whole message. */
export const chatDone = z.object({ ...writing, message });
export type ChatDone = z.infer<typeof chatDone>;
