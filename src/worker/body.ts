import type * as z from "zod";
import { boundedBytes } from "../platform/bounded-bytes";
import { type Refusal, refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { parseJson } from "../protocol/json";
import { RefusedRequest } from "./problem";

/**
 * A request's JSON body of at most `max` bytes through its schema; an empty body counts as `{}`. What its Content-Type says
 * is of no account: nothing but JSON is read, and no credential comes by itself with a form.
 * Throws `payload_too_large`, or `invalid_request` with the schema's issues.
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>, max: number): Promise<T> {
  const text = decode(await readBytes(request, max));
  const json = parseJson(text === "" ? "{}" : text);
  if (!json.ok) throw new RefusedRequest(notValid(json.message));
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

async function readBytes(request: Request, max: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  const bytes = await boundedBytes(request.body, max, declared);
  if (!bytes) throw tooLarge(max);
  return bytes;
}

function tooLarge(max: number): RefusedRequest {
  const message = `The body is larger than ${max} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
