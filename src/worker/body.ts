import type * as z from "zod";
import { boundedBytes } from "../platform/bounded-bytes";
import { jsonBytes } from "../protocol/bytes";
import { refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { parseJson } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { RefusedRequest } from "./problem";

/** Bytes that a body may have, and the field that they are meant for where others may have less. */
export type BodyBound = { bytes: number; largeField?: string | undefined };

/**
 * A request's JSON body through its schema; an empty body counts as `{}`. What its Content-Type says
 * is of no account: nothing but JSON is read, and no credential comes by itself with a form.
 * Throws `payload_too_large`, or `invalid_request` with the schema's issues.
 */
export async function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  { bytes: most, largeField }: BodyBound,
): Promise<T> {
  const bytes = await readBytes(request, most);
  const text = decode(bytes);
  const json = parseJson(text === "" ? "{}" : text);
  if (!json.ok) throw new NotJson(json.message);
  const isLarge = largeField !== undefined && bytes.length > LIMITS.bodyBytes;
  if (isLarge && !isBodyBeside(largeField, json.value)) {
    throw tooLarge(LIMITS.bodyBytes, ` without its ${largeField}`);
  }
  const parsed = schema.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error);
  throw new RefusedRequest(refuse("invalid_request", "The body is not valid", { issues }));
}

/** A body that cannot be read at all. */
export class NotJson extends RefusedRequest {
  constructor(message: string) {
    const issues = [{ path: "", message }];
    super(refuse("invalid_request", `The body is not valid: ${message}`, { issues }));
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new NotJson("not valid UTF-8");
  }
}

async function readBytes(request: Request, most: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  const bytes = await boundedBytes(request.body, most, declared);
  if (!bytes) throw tooLarge(most);
  return bytes;
}

/** Whether a body is none too large without its large field: schemas are made for those. */
function isBodyBeside(field: string, value: unknown): boolean {
  const rest = typeof value === "object" && value ? { ...value, [field]: undefined } : value;
  return jsonBytes(rest) <= LIMITS.bodyBytes;
}

function tooLarge(bytes: number, of = ""): RefusedRequest {
  const message = `The body${of} is larger than ${bytes} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
