/** UTF-8 has at most three bytes for a UTF-16 unit. */
const MOST_BYTES_OF_A_UNIT = 3;

const encoder = new TextEncoder();

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).byteLength;
}

/** Bytes of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return utf8Bytes(JSON.stringify(value));
}

/** Whether a text takes at most `bytes` in UTF-8; counts only where its length does not say. */
export function fitsBytes(text: string, bytes: number): boolean {
  if (text.length * MOST_BYTES_OF_A_UNIT <= bytes) return true;
  return text.length <= bytes && utf8Bytes(text) <= bytes;
}

/** The longest beginning of a text, in whole characters, that takes at most `bytes` in UTF-8. */
export function beginningOf(text: string, bytes: number): string {
  if (fitsBytes(text, bytes)) return text;
  const kept = encoder.encodeInto(text, new Uint8Array(Math.max(0, bytes))).read;
  return text.slice(0, kept);
}

/** The longest beginning of a text, in whole characters, that takes at most `bytes` as JSON. */
export function beginningAsJson(text: string, bytes: number): string {
  let low = 0;
  let high = Math.min(text.length, Math.max(0, bytes));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (jsonBytes(text.slice(0, middle)) <= bytes) low = middle;
    else high = middle - 1;
  }
  return text.slice(0, low).replace(/[\ud800-\udbff]$/, "");
}

/**
 * How many of the first pieces fit into `bytes` together. At least one, where there is any: a reader
 * that goes on from the last piece must get further with every page.
 */
export function fitting(sizes: readonly number[], bytes: number): number {
  let sum = 0;
  const full = sizes.findIndex((size) => {
    sum += size;
    return sum > bytes;
  });
  return full < 0 ? sizes.length : Math.max(1, full);
}
