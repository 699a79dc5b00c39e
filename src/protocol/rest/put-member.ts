import * as z from "zod";
import { keepsItsName, role, userId } from "../identity";

export const putMember = z.strictObject({
  userId: userId.refine(keepsItsName, { error: "is a reserved name" }),
  role,
});
export type PutMember = z.infer<typeof putMember>;
