import * as z from "zod";
import { names } from "./named";

export type JsonSchema = z.core.JSONSchema.BaseSchema;
type Target = "draft-2020-12" | "draft-7";

const COMPONENTS = "#/components/schemas/";

type Override = { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema };

/** What says nothing to a reader: bounds of the number type, and a pattern where a format says it. */
function tidy({ jsonSchema }: Override): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
}

// What callers send is described as they may write it, before any transformation; what the service
// sends has none. Read as input, an answer's objects also stay open to members of later versions.
const options = { io: "input", unrepresentable: "any", override: tidy } as const;

/** Every named schema, with the others it uses as references. */
export function components(target: Target): Record<string, JsonSchema> {
  const uri = (id: string) => `${COMPONENTS}${id}`;
  const { schemas } = z.toJSONSchema(names, { ...options, target, uri });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema, $id, ...schema }]) => [id, schema]),
  );
}

/** A schema where it is used: a reference where it has a name. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const id = names.get(schema)?.id;
  return id === undefined ? inline(schema) : { $ref: `${COMPONENTS}${id}` };
}

function inline(schema: z.ZodType, io: "input" | "output" = "input"): JsonSchema {
  const { $schema, "~standard": _, ...rest } = z.toJSONSchema(schema, { ...options, io });
  return rest;
}

export type TextParameter = { name: string; required: boolean; schema: JsonSchema };

/** The members of a query's schema, each as the text that a URL can carry. */
export function queryParameters(query: z.ZodType): TextParameter[] {
  if (!(query instanceof z.ZodObject)) return [];
  return Object.entries(query.shape).map(([name, schema]) => {
    const required = !(schema instanceof z.ZodOptional || schema instanceof z.ZodDefault);
    return { name, required, schema: asText(schema) };
  });
}

/** Text that is read as a number is a number to whoever writes the URL. */
function asText(schema: z.ZodType): JsonSchema {
  const output = inline(schema, "output");
  if (output.type === "integer") return output;
  const input = inline(schema);
  const text = input.anyOf?.find((item) => item.type === "string");
  return text ?? input;
}

/** Those of the components that a document refers to, directly or through each other. */
export function reachable(
  document: unknown,
  all: Record<string, JsonSchema>,
): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      const id = key === "$ref" && String(item).startsWith(COMPONENTS) ? nameIn(item) : undefined;
      const schema = id === undefined ? undefined : all[id];
      if (id === undefined || !schema) visit(item);
      else if (!Object.hasOwn(found, id)) {
        found[id] = schema;
        visit(schema);
      }
    }
  };
  visit(document);
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export function nameIn(reference: unknown): string {
  return String(reference).slice(COMPONENTS.length);
}
