/** Keywords of JSON Schema (2020-12 and what came before it), by what stands in them. */
export const SCHEMA_MAPS = [
  ...["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"],
];
export const SCHEMA_LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
export const SCHEMAS = [
  ...["additionalItems", "contains", "else", "if", "items", "not", "propertyNames", "then"],
  ...["additionalProperties", "unevaluatedItems", "unevaluatedProperties"],
];
/** What is said for readers of the schema alone, of its place or of its dialect. */
export const UNOFFERED = /^(?:\$schema|\$id|\$anchor|\$comment|\$vocabulary|x-.*)$/;
/** What constrains nothing: it may stand beside a reference and still mean the same. */
export const ANNOTATIONS = [
  ...["title", "description", "default", "examples", "example", "deprecated", "readOnly"],
  ...["writeOnly", "$comment"],
];
/** Keywords at the root of an object's schema that providers refuse there. */
export const REFUSED_AT_ROOT = [
  ...["allOf", "anyOf", "oneOf", "not", "enum", "const", "if", "then", "else"],
];

const TYPES: Record<string, string> = {
  ...{ array: "array", boolean: "boolean", integer: "integer", null: "null", number: "number" },
  ...{ object: "object", string: "string" },
  // As other languages call them.
  ...{ bool: "boolean", dict: "object", double: "number", float: "number", int: "integer" },
  ...{ list: "array", map: "object", none: "null", str: "string", text: "string" },
};

/** The type, or the list of them, in the words of JSON Schema; `undefined` where there is none. */
export function typeIn(value: unknown): string | string[] | undefined {
  if (typeof value === "string") return typeNamed(value);
  if (!Array.isArray(value)) return undefined;
  const named = value.map((item) => (typeof item === "string" ? typeNamed(item) : undefined));
  const types = [...new Set(named.filter((type) => type !== undefined))];
  // One that is not known may be any: then nothing is said of the type.
  if (types.length === 0 || named.includes(undefined)) return undefined;
  return types.length === 1 ? types[0] : types;
}

function typeNamed(name: string): string | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(TYPES, lower) ? TYPES[lower] : undefined;
}
