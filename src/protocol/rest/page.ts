import * as z from "zod";
import { LIMITS } from "../limits";

/** Query values are text. */
const limit = z
  .string()
  .regex(/^\d{1,6}$/, { error: "not a whole number" })
  .transform(Number)
  .pipe(z.int().min(1).max(LIMITS.pageItems))
  .default(LIMITS.defaultPageItems);
const cursor = z.string().min(1).max(512).optional();

/** A yes or no in a query. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** The part of a list's query that all lists have. */
export const page = { limit, cursor };
export const listPage = z.strictObject(page);

export type Page<T> = { items: T[]; nextCursor: string | null };

/** Names that may be repeated in a query; any other repeated name is an error. */
export const REPEATABLE = ["status", "label", "type", "role", "level", "agentType"] as const;
