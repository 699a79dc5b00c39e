import type * as z from "zod";
import { boundedBytes } from "../platform/bounded-bytes";
import { jsonBytes } from "../protocol/bytes";
import { refuse } from "../protocol/errors";
import { issuesOf } from "../protocol/issues";
import { parseJson } from "../protocol/json";
import { LIMITS } from "../protocol/limits";
import { RefusedRequest } from "./problem";

/** Of every value, for what stands around it. */
const JSON_BYTES = 2;

/** Bytes that a body may have, and the field that they are meant for where others may have less. */
export type BodyBound = {
  bytes: number;
  largeField?: string | undefined;
  /** Bytes that it may have beside its long texts. */
  besideTexts?: number | undefined;
};

/**
 * A request's JSON body through its schema; an empty body counts as `{}`. What its Content-Type says
 * is of no account: nothing but JSON is read, and no credential comes by itself with a form.
 * Throws `payload_too_large`, or `invalid_request` with the schema's issues.
 */
export async function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  { bytes: most, largeField, besideTexts = most }: BodyBound,
): Promise<T> {
  const bytes = await readBytes(request, most);
  const text = decode(bytes);
  const json = parseJson(text === "" ? "{}" : text);
  if (!json.ok) throw new NotJson(json.message);
  const isLarge = largeField !== undefined && bytes.length > LIMITS.bodyBytes;
  if (isLarge && !isBodyBeside(largeField, json.value)) {
    throw tooLarge(LIMITS.bodyBytes, ` without its ${largeField}`);
  }
  if (bytes.length > besideTexts && !isSmallBesideTexts(json.value, besideTexts)) {
    throw tooLarge(besideTexts, " without its files");
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

/** Walks no further than so many bytes reach. */
function isSmallBesideTexts(value: unknown, most: number): boolean {
  const left = [value];
  let bytes = 0;
  while (left.length > 0 && bytes <= most) {
    const next = left.pop();
    if (typeof next === "string") {
      bytes += next.length > LIMITS.longTextUnits ? 0 : next.length;
    } else if (typeof next === "object" && next !== null) {
      for (const [name, member] of Object.entries(next)) {
        bytes += name.length;
        left.push(member);
      }
    }
    bytes += JSON_BYTES;
  }
  return bytes <= most;
}

function tooLarge(bytes: number, of = ""): RefusedRequest {
  const message = `The body${of} is larger than ${bytes} bytes`;
  return new RefusedRequest(refuse("payload_too_large", message));
}
