import * as z from "zod";

/** How a field that the service does not have is refused, by name. */
export const NOT_OFFERED = "not offered here";

/**
 * A field that would change what is answered, and that the service does not have: only these values,
 * by which a client says that it does not want it, are taken.
 */
export function only(...values: unknown[]) {
  const taken = new Set([undefined, null, ...values].map((value) => JSON.stringify(value)));
  const wanted = values.map((value) => JSON.stringify(value)).join(" or ");
  return z
    .unknown()
    .refine((value) => taken.has(JSON.stringify(value)), {
      error: wanted === "" ? NOT_OFFERED : `${NOT_OFFERED} but as ${wanted}`,
    })
    .optional();
}

/** A field that may as well be null. */
export function orNull<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish();
}

/** OpenAI's `metadata`: up to 16 texts. */
export const metadata = z
  .record(z.string().min(1).max(64), z.string().max(512))
  .refine((value) => Object.keys(value).length <= 16, { error: "more than 16 names" });
export type Metadata = z.infer<typeof metadata>;

/** The name of a team, as the protocol names models. */
export const model = z.string().min(1).max(400);
