/** Bytes of a file's beginning that its type is told by. */
export const HEAD_BYTES = 1024;

/** What files of a type begin with. */
const SIGNS: Record<string, (head: Uint8Array) => boolean> = {
  "image/png": (head) => latin(head, 0, 8) === "\x89PNG\r\n\x1a\n",
  "image/jpeg": (head) => latin(head, 0, 3) === "\xff\xd8\xff",
  "image/gif": (head) => /^GIF8[79]a$/.test(latin(head, 0, 6)),
  "image/webp": (head) => latin(head, 0, 4) === "RIFF" && latin(head, 8, 4) === "WEBP",
  "image/avif": isAvif,
  // ISO 32000 readers look for it in the first kilobyte.
  "application/pdf": (head) => latin(head, 0, HEAD_BYTES).includes("%PDF-"),
};

/**
 * Whether a file may be of the type that it is said to be, by its first `HEAD_BYTES` bytes or all where
 * it has fewer. Types that cannot be told so may be anything.
 */
export function mayBe(mediaType: string, head: Uint8Array): boolean {
  return SIGNS[mediaType]?.(head) ?? true;
}

const BRAND_CHARS = 4;

/** ISO 14496-12: a box `ftyp` with the brands that a reader must know. */
function isAvif(head: Uint8Array): boolean {
  if (head.length < 16 || latin(head, 4, 4) !== "ftyp") return false;
  const { buffer, byteOffset, byteLength } = head;
  const end = Math.min(new DataView(buffer, byteOffset, byteLength).getUint32(0), head.length);
  const brands = latin(head, 8, Math.max(0, end - 8));
  for (let at = 0; at < brands.length; at += BRAND_CHARS) {
    if (/^avi[fs]$/.test(brands.slice(at, at + BRAND_CHARS))) return true;
  }
  return false;
}

/** A character for each byte. */
function latin(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length));
}
