import type * as z from "zod";
import { issuesOf, type Refusal, refuse } from "../protocol/errors";
import { parseJson } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { RefusedRequest } from "./problem";

/** Room for a body whose length is not declared; it grows with what comes. */
const UNDECLARED_BYTES = 4096;

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
  const declared = Number(request.headers.get("Content-Length") ?? 0);
  if (declared > LIMITS.bodyBytes) throw tooLarge();
  let bytes = new Uint8Array(declared > 0 ? declared : UNDECLARED_BYTES);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    const needed = length + chunk.byteLength;
    if (needed > LIMITS.bodyBytes) throw tooLarge();
    if (needed > bytes.byteLength) bytes = grown(bytes, needed);
    bytes.set(chunk, length);
    length = needed;
  }
  return bytes.subarray(0, length);
}

/** By doubling, so that many small chunks are not copied again and again. */
function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.byteLength));
  larger.set(bytes);
  return larger;
}

function tooLarge(): RefusedRequest {
  const message = `The body is larger than ${LIMITS.bodyBytes} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
