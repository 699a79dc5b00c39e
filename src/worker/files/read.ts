import type { StoredFile } from "../../files/bucket";
import { disposition } from "../../files/names";
import { type ByteRange, isKnown, isOfThis, wantedOf } from "../../files/ranges";
import { isShown, servedType } from "../../files/types";
import { refuse } from "../../protocol/errors";
import type { ReadFile } from "../../protocol/rest/files";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";
import { noFile, readableFile } from "./access";
import { bucketOf, fromBucket } from "./bucket";

/** Answers a GET or HEAD for a file (RFC 9110): all of it, a part, or that the caller has it already. */
export async function answerFile(
  c: AppContext,
  fileId: string,
  { inline }: ReadFile,
): Promise<Response> {
  const file = await readableFile(c, bucketOf(c), fileId);
  const headers = headersOf(file, inline === "1");
  if (isKnown(c.req.header("If-None-Match"), file.etag)) {
    return new Response(null, { status: 304, headers });
  }
  const range = isOfThis(c.req.header("If-Range"), file.etag) ? c.req.header("Range") : undefined;
  const wanted = wantedOf(range, file.size);
  if (wanted === "beyond") throw beyond(file.size);
  const part = wanted === "whole" ? undefined : wanted;
  headers["Content-Length"] = String(part?.length ?? file.size);
  if (part) headers["Content-Range"] = contentRange(part, file.size);
  const status = part ? 206 : 200;
  if (c.req.raw.method === "HEAD") return new Response(null, { status, headers });
  return new Response(await bytesOf(c, file, part), { status, headers });
}

/**
 * Whatever the bytes are, no browser runs them: a type of our own table or none, no guessing, nothing
 * allowed to what is shown.
 */
function headersOf({ name, mediaType, etag }: StoredFile, inline: boolean): Record<string, string> {
  const kind = inline && isShown(mediaType) ? "inline" : "attachment";
  return {
    "Content-Type": servedType(mediaType),
    "Content-Disposition": disposition(kind, name),
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-site",
    // Whether the caller still may read it is asked each time.
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
    ETag: etag,
  };
}

function contentRange({ offset, length }: ByteRange, size: number): string {
  return `bytes ${offset}-${offset + length - 1}/${size}`;
}

async function bytesOf(c: AppContext, file: StoredFile, range: ByteRange | undefined) {
  const body = await fromBucket(c, () => bucketOf(c).read(file, range));
  if (!body) throw noFile();
  return body;
}

/** RFC 9110, section 15.5.17: the code has no status for this. */
function beyond(size: number): RefusedRequest {
  const issues = [{ path: "Range", message: `the file has ${size} bytes` }];
  return new RefusedRequest(refuse("invalid_request", "The range is not in the file", { issues }), {
    status: 416,
    headers: { "Content-Range": `bytes */${size}` },
  });
}
