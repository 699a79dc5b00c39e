import * as z from "zod";
import { fitsBytes } from "./bytes";
import { LIMITS } from "./limits";

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | JsonValue[]
  | { [name: string]: JsonValue };

/**
 * Any JSON. What comes to a schema comes from `JSON.parse`, so that there is nothing to check, and
 * walking it with a recursive schema would take a second for a hostile megabyte.
 */
export const jsonValue = z.unknown() as z.ZodType<JsonValue>;

export const jsonObject = z.record(z.string(), jsonValue);
export type JsonObject = z.infer<typeof jsonObject>;

/** A JSON object of the caller's own, bounded by `LIMITS.metadataBytes` of its JSON text. */
export const metadata = jsonObject.refine(
  (value) => fitsBytes(JSON.stringify(value), LIMITS.metadataBytes),
  { error: `metadata is larger than ${LIMITS.metadataBytes} bytes as JSON` },
);

/** `value` of a refused text is there where it could be read: only to answer whoever sent it. */
export type JsonText =
  | { ok: true; value: unknown }
  | { ok: false; message: string; value?: unknown };

/**
 * Foreign JSON text to a value. Refuses what no schema downstream should have to survive:
 * nesting past `LIMITS.jsonDepth` (a recursive schema would overflow the stack), lone surrogates
 * (UTF-8 storage cannot keep them, so text would come back changed) and `__proto__` as a name
 * (records would drop it silently).
 */
export function parseJson(text: string): JsonText {
  if (tooDeep(text)) {
    return { ok: false, message: `nested deeper than ${LIMITS.jsonDepth} levels` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, message: "not valid JSON" };
  }
  if (SURROGATE_ESCAPE.test(text) && !isWellFormed(value)) {
    return { ok: false, message: "a string contains half of a surrogate pair", value };
  }
  if (hasReservedKey(value)) return { ok: false, message: `"${RESERVED_KEY}" as a name`, value };
  return { ok: true, value };
}

// UTF-8 transport cannot carry a lone surrogate, so only an escape can smuggle one in.
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

// A backslash by itself, a pair, or half of one.
const ESCAPES =
  /\\\\|\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(\\u[dD][89a-fA-F][\da-fA-F]{2})/g;

/** JSON text whose strings have the replacement character where they had half of a surrogate pair. */
export function withoutHalves(json: string): string {
  const text = json.toWellFormed();
  if (!SURROGATE_ESCAPE.test(text)) return text;
  return text.replaceAll(ESCAPES, (said, half?: string) => (half ? "\\ufffd" : said));
}

function tooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 0x5c) i++;
      else if (c === 0x22) inString = false;
    } else if (c === 0x22) inString = true;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > LIMITS.jsonDepth) return true;
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return false;
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
  }
  return true;
}

const RESERVED_KEY = "__proto__";

function hasReservedKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, RESERVED_KEY) || Object.values(value).some(hasReservedKey);
}
