import * as z from "zod";
import { role, userId } from "../identity";

export const putMember = z.strictObject({ userId, role });
export type PutMember = z.infer<typeof putMember>;
