import { mayBe } from "../../files/first-bytes";
import { BYTES } from "../../files/types";
import { base64Size, bytesOfBase64 } from "../../platform/base64";
import { refuse } from "../../protocol/errors";
import { fileName, mediaType } from "../../protocol/files/file";
import { fileId } from "../../protocol/ids";
import { issuesOf } from "../../protocol/issues";
import { LIMITS } from "../../protocol/limits";
import { RefusedRequest } from "../../worker/problem";
import { isDataUrl, readDataUrl } from "./data-url";
import type { SentFile } from "./sent-file";

/** A file that is to be stored, as far as nobody has to be asked. */
export type NewBytes = { name: string; mediaType: string; bytes: Uint8Array<ArrayBuffer> };
/** Stored already, or new. */
export type ReadFile = { path: string } & ({ fileId: string } | NewBytes);

/** Of a file that nobody has named. */
const UNNAMED = "file";
const OWN_PATH = /^\/api\/v1\/files\/([^/]+)$/;

/**
 * The files of a message, all of them looked at before anything is done with one. `origins`: under which
 * the service's own files are; no other address is ever fetched. Throws `invalid_request` by the field.
 */
export function readFiles(sent: readonly SentFile[], origins: readonly string[]): ReadFile[] {
  const beyond = sent[LIMITS.attachments];
  if (beyond) throw notValid(beyond.path, `more than ${LIMITS.attachments} files`);
  return sent.map((file) => readFile(file, origins));
}

function readFile(file: SentFile, origins: readonly string[]): ReadFile {
  const { path, from } = file;
  if ("fileId" in from) return { path, fileId: idOf(from.fileId, path) };
  if ("base64" in from) return newFile(file, { bytes: bytesIn(from.base64, path) });
  if (!isDataUrl(from.url)) return { path, fileId: ownId(from.url, path, origins) };
  if (base64Size(from.url) > LIMITS.fileBytes) throw tooLarge(path);
  const data = readDataUrl(from.url);
  if (!data) throw notValid(path, "a data: URL that can't be read");
  return newFile(file, data);
}

function idOf(id: string, path: string): string {
  const read = fileId.safeParse(id);
  if (read.success) return read.data;
  throw notValid(path, "not the id of a file of this service");
}

/** What of an address is one of the service's own files. */
function ownId(address: string, path: string, origins: readonly string[]): string {
  const [own = ""] = origins;
  const url = URL.parse(address, own);
  const [, id] = OWN_PATH.exec(url?.pathname ?? "") ?? [];
  const isOurs = url !== null && origins.includes(url.origin) && id !== undefined;
  if (isOurs && fileId.safeParse(id).success) return id;
  throw notValid(path, "addresses are not fetched: send the bytes, or a file of this service");
}

function bytesIn(base64: string, path: string): Uint8Array<ArrayBuffer> {
  if (base64Size(base64) > LIMITS.fileBytes) throw tooLarge(path);
  const bytes = bytesOfBase64(base64);
  if (bytes) return bytes;
  throw notValid(path, "not base64");
}

type Content = { bytes: Uint8Array<ArrayBuffer>; mediaType?: string };

function newFile({ path, name, mediaType: said }: SentFile, content: Content): ReadFile {
  const type = typeOf(said, content.mediaType);
  const read = { name: fileName.safeParse(name || UNNAMED), type: mediaType.safeParse(type) };
  if (!read.type.success) throw notValid(path, `"${type.slice(0, 64)}" is no media type`);
  if (!read.name.success) {
    throw notValid(path, `its name: ${issuesOf(read.name.error)[0]?.message ?? "not valid"}`);
  }
  if (!mayBe(type, content.bytes)) throw notValid(path, `the bytes are no ${type}`);
  return { path, name: read.name.data, mediaType: type, bytes: content.bytes };
}

/** Whole types only: `image` and `image/*` say less than the address does. */
function typeOf(said = "", ofUrl = BYTES): string {
  const [type = ""] = said.split(";");
  const whole = type.trim().toLowerCase();
  return whole.includes("/") && !whole.includes("*") ? whole : ofUrl;
}

function tooLarge(path: string): RefusedRequest {
  return notValid(path, `larger than ${LIMITS.fileBytes} bytes`);
}

function notValid(path: string, message: string): RefusedRequest {
  const issues = [{ path, message }];
  return new RefusedRequest(refuse("invalid_request", "The request is not valid", { issues }));
}
