import type * as z from "zod";
import { issuesOf, type Refusal, refuse } from "../protocol/errors";
import { parseJson } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { RefusedRequest } from "./problem";

/**
 * A request's JSON body through its schema; an empty body counts as `{}`. What its Content-Type says
 * is of no account: nothing but JSON is read, and no credential comes by itself with a form.
 * Throws `payload_too_large`, or `invalid_request` with the schema's issues.
 */
export async function readBody<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const text = decode(await readBytes(request));
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

/** The declared length can lie, so the bytes are counted as they come. */
async function readBytes(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("Content-Length") ?? 0) > LIMITS.bodyBytes) throw tooLarge();
  const bytes = new Uint8Array(LIMITS.bodyBytes);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.byteLength > bytes.byteLength) throw tooLarge();
    bytes.set(chunk, length);
    length += chunk.byteLength;
  }
  return bytes.subarray(0, length);
}

function tooLarge(): RefusedRequest {
  const message = `The body is larger than ${LIMITS.bodyBytes} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
