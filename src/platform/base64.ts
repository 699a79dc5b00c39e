const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const CODES = new TextEncoder().encode(ALPHABET);
const PAD = "=".charCodeAt(0);
const NONE = 64;
/** What each character stands for, in either alphabet of RFC 4648. */
const VALUES = valuesOf([ALPHABET, `${ALPHABET.slice(0, -2)}-_`]);

// By tables: `btoa` wants a text of the bytes first, whose making takes longer than all else in a request.

export function base64Of(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const three = (at(bytes, from) << 16) | (at(bytes, from + 1) << 8) | at(bytes, from + 2);
    codes[to] = at(CODES, three >> 18);
    codes[to + 1] = at(CODES, (three >> 12) & 63);
    codes[to + 2] = from + 1 < bytes.length ? at(CODES, (three >> 6) & 63) : PAD;
    codes[to + 3] = from + 2 < bytes.length ? at(CODES, three & 63) : PAD;
  }
  return new TextDecoder().decode(codes);
}

/** How many bytes a text of base64 stands for, at most two more than there are. */
export function base64Size(text: string): number {
  return Math.floor((text.length * 3) / 4);
}

/** Of base64 in either alphabet, padded or not; `undefined` where a text is none. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const end = text.endsWith("==") ? -2 : text.endsWith("=") ? -1 : text.length;
  const codes = new TextEncoder().encode(text.slice(0, end));
  if (codes.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((codes.length * 3) / 4));
  let seen = 0;
  for (let from = 0, to = 0; from < codes.length; from += 4, to += 3) {
    const a = valueAt(codes, from);
    const b = valueAt(codes, from + 1);
    const c = valueAt(codes, from + 2);
    const d = valueAt(codes, from + 3);
    seen |= a | b | c | d;
    // What is written past the end is nowhere.
    bytes[to] = (a << 2) | (b >> 4);
    bytes[to + 1] = (b << 4) | (c >> 2);
    bytes[to + 2] = (c << 6) | d;
  }
  return seen >= NONE ? undefined : bytes;
}

function valueAt(codes: Uint8Array, index: number): number {
  return index < codes.length ? at(VALUES, at(codes, index)) : 0;
}

function at(values: Uint8Array, index: number): number {
  return values[index] ?? 0;
}

function valuesOf(alphabets: string[]): Uint8Array {
  const values = new Uint8Array(256).fill(NONE);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++)
      values[alphabet.charCodeAt(value)] = value;
  }
  return values;
}
