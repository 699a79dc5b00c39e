import * as z from "zod";
import { messageId } from "../../protocol/ids";
import { LIMITS } from "../../protocol/limits";

const flag = z.enum(["true", "false"]).transform((text) => text === "true");

const count = z
  .string()
  .regex(/^\d{1,16}$/, { error: "not a whole number" })
  .transform(Number);

/** `GET /responses/{id}`; what else may be asked to be included changes nothing. */
export const readResponse = z
  .looseObject({
    stream: flag.optional(),
    starting_after: count.pipe(z.int().min(0).max(Number.MAX_SAFE_INTEGER)).optional(),
  })
  .refine((query) => query.stream || query.starting_after === undefined, {
    error: "only with stream=true",
    path: ["starting_after"],
  });

/** A page of a conversation's items. */
export const listItems = z.looseObject({
  limit: count.pipe(z.int().min(1).max(LIMITS.pageItems)).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: messageId.optional(),
});
export type ListItems = z.infer<typeof listItems>;
