import type { JsonObject, JsonValue } from "../../protocol/json";

/** `spec.members.0.botRef`: as the server's `issues` name a place. */
export function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  return path.split(".").reduce<JsonValue | undefined>(childOf, value);
}

/** The object with another value at a path; `undefined` takes the name away, and what it leaves empty. */
export function withValue(
  object: JsonObject,
  path: string,
  next: JsonValue | undefined,
): JsonObject {
  const [name = "", ...rest] = path.split(".");
  const { [name]: old, ...others } = object;
  const value = rest.length === 0 ? next : inner(old, rest.join("."), next);
  // A name that stays keeps its place.
  if (value !== undefined) return { ...object, [name]: value };
  return others;
}

function inner(
  old: JsonValue | undefined,
  path: string,
  next: JsonValue | undefined,
): JsonValue | undefined {
  if (Array.isArray(old)) {
    const [index = "", ...rest] = path.split(".");
    return old.map((item, i) => {
      if (String(i) !== index) return item;
      return isObject(item) ? withValue(item, rest.join("."), next) : item;
    });
  }
  const changed = withValue(isObject(old) ? old : {}, path, next);
  return Object.keys(changed).length > 0 ? changed : undefined;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function childOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (Array.isArray(value)) return value[Number(name)];
  return isObject(value) ? value[name] : undefined;
}
