/** Room for a body whose length is not known; it grows with what comes. */
const FIRST_BYTES = 4096;

/**
 * All bytes of a foreign body; undefined where there are more than `max`. `expected` is what its
 * sender declared: it can lie, so that the bytes are counted as they come.
 */
export async function boundedBytes(
  body: ReadableStream<Uint8Array> | null,
  max: number,
  expected = 0,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (expected > max) return undefined;
  let bytes = new Uint8Array(expected > 0 ? expected : FIRST_BYTES);
  let length = 0;
  for await (const chunk of body ?? []) {
    const needed = length + chunk.byteLength;
    if (needed > max) return undefined;
    if (needed > bytes.byteLength) bytes = grown(bytes, needed);
    bytes.set(chunk, length);
    length = needed;
  }
  return bytes.subarray(0, length);
}

/** By doubling, so that many small chunks are not copied again and again. */
function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.byteLength));
  larger.set(bytes);
  return larger;
}
