import type * as z from "zod";
import { boundedBytes } from "../platform/bounded-bytes";
import { jsonBytes } from "../protocol/bytes";
import { type Refusal, refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { parseJson } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { RefusedRequest } from "./problem";

/** A field that may be larger than a body, and the bytes that the body may have with it. */
type LargeField = { field: string; bytes: number };

/**
 * A request's JSON body through its schema; an empty body counts as `{}`. What its Content-Type says
 * is of no account: nothing but JSON is read, and no credential comes by itself with a form.
 * Throws `payload_too_large`, or `invalid_request` with the schema's issues.
 */
export async function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  large?: LargeField,
): Promise<T> {
  const bytes = await readBytes(request, large?.bytes ?? LIMITS.bodyBytes);
  const text = decode(bytes);
  const json = parseJson(text === "" ? "{}" : text);
  if (!json.ok) throw new RefusedRequest(notValid(json.message));
  if (large && bytes.length > LIMITS.bodyBytes && !isBodyBeside(large, json.value)) {
    throw tooLarge(LIMITS.bodyBytes, ` without its ${large.field}`);
  }
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  throw new RefusedRequest(refuse("invalid_request", "The body is not valid", { issues }));
}

function notValid(message: string): Refusal {
  const issues = [{ path: "", message }];
  return refuse("invalid_request", `The body is not valid: ${message}`, { issues });
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new RefusedRequest(notValid("not valid UTF-8"));
  }
}

async function readBytes(request: Request, most: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  const bytes = await boundedBytes(request.body, most, declared);
  if (!bytes) throw tooLarge(most);
  return bytes;
}

/** Whether a body is none too large without its large field: schemas are made for those. */
function isBodyBeside({ field }: LargeField, value: unknown): boolean {
  const rest = typeof value === "object" && value ? { ...value, [field]: undefined } : value;
  return jsonBytes(rest) <= LIMITS.bodyBytes;
}

function tooLarge(bytes: number, of = ""): RefusedRequest {
  const message = `The body${of} is larger than ${bytes} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
