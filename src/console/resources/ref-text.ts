import type { JsonValue } from "../../protocol/json";
import { isObject } from "./json-path";

/** A value as a text field has it. References come as objects and may be sent as text. */
export function refText(value: JsonValue | undefined): string {
  if (isObject(value)) return `${value.namespace}/${value.name}`;
  return value === undefined || value === null ? "" : String(value);
}
