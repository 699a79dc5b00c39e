import type * as z from "zod";
import { refuse } from "../protocol/errors";
import { RefusedRequest } from "./problem";

/** An id from a path. One of the wrong form names nothing, so no object is ever asked for it. */
export function readId(schema: z.ZodType<string>, text: string | undefined): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RefusedRequest(refuse("not_found", "There is nothing with this id"));
}
