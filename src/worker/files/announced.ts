import { nameIn, UNREADABLE } from "../../files/names";
import { BYTES } from "../../files/types";
import { refuse } from "../../protocol/errors";
import { fileName, mediaType } from "../../protocol/files/file";
import { newId } from "../../protocol/ids";
import { issuesOf } from "../../protocol/issues";
import { LIMITS } from "../../protocol/limits";
import type { NewFile } from "../../protocol/rooms/files";
import { RefusedRequest } from "../problem";

/** Of a file that nobody has named. */
const UNNAMED = "file";

/**
 * A file as the request that brings it announces it. `name` stands above the name in its
 * `Content-Disposition`. Throws `payload_too_large`, or `invalid_request` with the header that is meant.
 */
export function announcedFile({ headers }: Request, name: string | undefined): NewFile {
  return {
    size: sizeIn(headers),
    id: newId("file", Date.now()),
    name: name ?? namedIn(headers) ?? UNNAMED,
    mediaType: typeIn(headers),
  };
}

function sizeIn(headers: Headers): number {
  const text = headers.get("Content-Length") ?? "";
  if (!/^\d+$/.test(text)) {
    // RFC 9110, section 15.5.12: the code has no status for this.
    const message = "needed: a file is streamed, and its quota is looked at before";
    throw invalid("Content-Length", [message], 411);
  }
  const size = Number(text);
  if (size <= LIMITS.fileBytes) return size;
  const message = `A file has at most ${LIMITS.fileBytes} bytes`;
  throw new RefusedRequest(refuse("payload_too_large", message));
}

function namedIn(headers: Headers): string | undefined {
  const field = "Content-Disposition";
  const header = headers.get(field);
  const name = header === null ? undefined : nameIn(header);
  if (name === UNREADABLE) throw invalid(field, ["no header of RFC 6266 with names in UTF-8"]);
  if (name === undefined) return undefined;
  const read = fileName.safeParse(name);
  if (read.success) return read.data;
  throw invalid(
    field,
    issuesOf(read.error).map(({ message }) => `the name: ${message}`),
  );
}

/** In lower case, without its parameters. */
function typeIn(headers: Headers): string {
  const field = "Content-Type";
  const [type = ""] = (headers.get(field) ?? "").split(";");
  const read = mediaType.safeParse(type.trim().toLowerCase() || BYTES);
  if (read.success) return read.data;
  throw invalid(
    field,
    issuesOf(read.error).map(({ message }) => message),
  );
}

/** What is wrong with a header of the upload. */
export function invalid(path: string, messages: string[], status?: number): RefusedRequest {
  const issues = messages.map((message) => ({ path, message }));
  const refusal = refuse("invalid_request", "The file is not valid", { issues });
  return new RefusedRequest(refusal, status === undefined ? {} : { status });
}
