/** Bytes of a file, from `offset` on. */
export type ByteRange = { offset: number; length: number };

/** What of a file is wanted: all of it, a part, or what it does not have. */
export type Wanted = ByteRange | "whole" | "beyond";

/**
 * The `Range` of a request (RFC 9110, section 14.2). Several ranges, other units and what cannot be read
 * are passed over: the answer is the whole file then.
 */
export function wantedOf(header: string | undefined, size: number): Wanted {
  const [, first = "", last = ""] = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") return suffix(Number(last), size);
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return "whole";
  return offset >= size ? "beyond" : { offset, length: end - offset + 1 };
}

function suffix(length: number, size: number): Wanted {
  if (length === 0 || size === 0) return "beyond";
  const most = Math.min(length, size);
  return { offset: size - most, length: most };
}

/** Whether an `If-None-Match` names this version of a file (section 13.1.2): weakly. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag.replace(/^W\//, "") === etag);
}

/** Whether a range is of this version: an `If-Range` that names another, or a date, is not (section 13.1.5). */
export function isOfThis(header: string | undefined, etag: string): boolean {
  return header === undefined || header.trim() === etag;
}
