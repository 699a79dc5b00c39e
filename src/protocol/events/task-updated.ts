import * as z from "zod";
import { task } from "../task";

export const taskUpdated = z.object({ task });
export type TaskUpdated = z.infer<typeof taskUpdated>;
