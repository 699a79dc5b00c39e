import * as z from "zod";
import { turnStatus } from "../turn";
import { page } from "./page";

export const listTurns = z.strictObject({ ...page, status: z.array(turnStatus).optional() });
export type ListTurns = z.infer<typeof listTurns>;
