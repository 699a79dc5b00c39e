/** UTF-8 has at most three bytes for a UTF-16 unit. */
export const UNIT_BYTES = 3;

const encoder = new TextEncoder();

/** Whether a text takes more bytes of UTF-8; short texts are not counted through. */
export function isOver(text: string, bytes: number): boolean {
  if (text.length * UNIT_BYTES <= bytes) return false;
  return text.length > bytes || bytesOf(text) > bytes;
}

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).byteLength;
}
