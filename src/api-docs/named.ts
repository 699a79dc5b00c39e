import * as z from "zod";

/** Schemas that the API descriptions name; everything else is written out where it is used. */
export const names = z.registry<{ id: string }>();

/** Names a schema in the descriptions. The schema itself, and so the wire, stays as it is. */
export function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  names.add(schema, { id });
  return schema;
}

/** `chat:send` as part of a component's name: `ChatSend`. */
export function pascal(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
