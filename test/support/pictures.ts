const PNG = "\x89PNG\r\n\x1a\n";
const JPEG = "\xff\xd8\xff\xe0";

/** Bytes that begin as a picture does, `size` in all; each `seed` makes other ones. */
export function png(size = 64, seed = 0): Uint8Array<ArrayBuffer> {
  return beginning(PNG, size, seed);
}

export function jpeg(size = 64, seed = 0): Uint8Array<ArrayBuffer> {
  return beginning(JPEG, size, seed);
}

export function pdf(size = 64, seed = 0): Uint8Array<ArrayBuffer> {
  return beginning("%PDF-1.7\n", size, seed);
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function beginning(head: string, size: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < Math.min(size, 4096); at++) bytes[at] = at * 31 + seed * 7 + (at >> 8);
  for (let at = 4096; at < size; at *= 2) bytes.copyWithin(at, 0, at);
  for (let at = 0; at < head.length; at++) bytes[at] = head.charCodeAt(at);
  bytes[head.length] = seed;
  return bytes;
}
