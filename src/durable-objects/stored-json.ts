import * as z from "zod";

/**
 * Reads JSON that an object has stored, by its schema, like foreign data: an older version may have
 * written it, or a later one that was rolled back. Members that the schema does not know stay where
 * they are, so that what is written back loses nothing of a later version's.
 * Throws what `JSON.parse` and the schema throw.
 */
export function readJson<T>(schema: z.ZodType<T>, text: string): T {
  const raw: unknown = JSON.parse(text);
  const known = schema.parse(raw);
  addUnknown(known, raw);
  return known;
}

const numbered = z.object({ type: z.string(), seq: z.int().min(1), ts: z.string() });

/**
 * Takes, beside events of these types, those of a type that is none of them, as they are: a later
 * version wrote them. They count as events because they are numbered like all; everybody who
 * reads a log passes over types that they do not know, and hands them on unchanged.
 */
export function orLater<T>(event: z.ZodType<T>, types: readonly string[]): z.ZodType<T> {
  const isLater = (value: unknown): value is T => {
    const read = numbered.safeParse(value);
    return read.success && !types.includes(read.data.type);
  };
  return z.union([event, z.custom<T>(isLater)]);
}

/** A schema makes new objects and arrays of what it knows, in the places of the old ones. */
function addUnknown(known: unknown, raw: unknown): void {
  if (known === raw) return;
  if (Array.isArray(known) && Array.isArray(raw)) {
    for (const [i, item] of known.entries()) addUnknown(item, raw[i]);
  } else if (isObject(known) && isObject(raw)) {
    for (const [name, value] of Object.entries(raw)) {
      if (Object.hasOwn(known, name)) addUnknown(known[name], value);
      // It would set the prototype.
      else if (name !== "__proto__") known[name] = value;
    }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
