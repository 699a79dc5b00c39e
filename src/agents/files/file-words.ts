import { fileName, mediaType } from "../../protocol/files/file";
import { LIMITS } from "../../protocol/limits";
import { endingFor } from "./media";

type Named = { name: string; mediaType: string; size: number };

const KB = 1024;
const MB = 1024 * KB;

/** `12 KB`. */
function sizeText(bytes: number): string {
  if (bytes < KB) return `${bytes} bytes`;
  return bytes < MB ? `${rounded(bytes / KB)} KB` : `${rounded(bytes / MB)} MB`;
}

function rounded(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** `photo.png (image/png, 12 KB)`. */
export function namedFile({ name, mediaType: type, size }: Named): string {
  return `${name} (${type}, ${sizeText(size)})`;
}

/** Said to a model in place of a file; `why` goes on after "that". */
export function fileLine(file: Named, why: string): string {
  return `[A file was attached that ${why}: ${namedFile(file)}]`;
}

const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069/\\]+/gu;

/** A foreign name as one to show and to save under; it gets the ending of its type where it has none. */
export function safeFileName(said: string, type: string): string {
  const most = LIMITS.madeFileNameChars;
  const name = said.toWellFormed().replaceAll(UNSAFE, "_").trim();
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? "";
  const known = ending === "" ? endingFor(type) : undefined;
  const end = known === undefined ? ending : `.${known}`;
  const stem = name.slice(0, name.length - ending.length).slice(0, most - end.length);
  const safe = `${stem.replace(/[\ud800-\udbff]$/, "") || "file"}${end}`;
  return fileName.safeParse(safe).success ? safe : "file";
}

/** A foreign type as one of ours: without parameters, in lower case, and some type in any case. */
export function safeMediaType(said: string): string {
  const [type = ""] = said.slice(0, LIMITS.mediaTypeChars * 2).split(";");
  const lower = type.trim().toLowerCase();
  if (lower === "image/jpg") return "image/jpeg";
  return lower === "image/*" || mediaType.safeParse(lower).success
    ? lower
    : "application/octet-stream";
}
