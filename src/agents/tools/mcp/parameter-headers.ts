import { type Fields, isFields } from "../../model/wire/json";
import { headerValue } from "./header-value";

/** A parameter that goes into a header, too, for whoever stands between (MCP 2026-07-28, `x-mcp-header`). */
export type ParameterHeader = { name: string; path: readonly string[] };

const KEYWORD = "x-mcp-header";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/;
const TYPES: readonly unknown[] = ["string", "integer", "boolean"];
const DEEPEST = 32;

/** The parameters of a tool's schema with a header, or `undefined` where one is not as the protocol has it. */
export function parameterHeaders(schema: unknown): ParameterHeader[] | undefined {
  const found: ParameterHeader[] = [];
  const isWhole = collect(schema, [], true, found);
  const names = new Set(found.map(({ name }) => name.toLowerCase()));
  return isWhole && names.size === found.length ? found : undefined;
}

/** `isReached`: there are only `properties` between the root and here. False where a header is not as it must be. */
function collect(
  schema: unknown,
  path: readonly string[],
  isReached: boolean,
  found: ParameterHeader[],
  depth = 0,
): boolean {
  if (depth > DEEPEST) return false;
  if (Array.isArray(schema)) {
    return schema.every((item) => collect(item, path, false, found, depth + 1));
  }
  if (!isFields(schema)) return true;
  const name = schema[KEYWORD];
  if (name !== undefined && typeof name !== "object") {
    if (!isReached || path.length === 0 || !TYPES.includes(schema.type)) return false;
    if (typeof name !== "string" || !TOKEN.test(name)) return false;
    found.push({ name, path });
  }
  return Object.entries(schema).every(([key, inner]) =>
    key === "properties" && isFields(inner)
      ? Object.entries(inner).every(([property, item]) =>
          collect(item, [...path, property], isReached, found, depth + 1),
        )
      : collect(inner, path, false, found, depth + 1),
  );
}

/** The headers of one call; a parameter that is not given, or null, has none. */
export function headersOfCall(
  parameters: readonly ParameterHeader[],
  given: Fields,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, path } of parameters) {
    const value = path.reduce<unknown>((at, step) => (isFields(at) ? at[step] : undefined), given);
    const isPlain = ["string", "number", "boolean"].includes(typeof value);
    if (isPlain) headers[`mcp-param-${name}`] = headerValue(String(value));
  }
  return headers;
}
