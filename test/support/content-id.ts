/** The SHA2-256 digest, in hex, in a CIDv1 of raw bytes; throws where the id is no such thing. */
export function digestIn(cid: string): string {
  let bits = 0n;
  for (const character of cid.slice(1)) {
    bits = bits * 32n + BigInt("abcdefghijklmnopqrstuvwxyz234567".indexOf(character));
  }
  const hex = (bits >> BigInt((5 * (cid.length - 1)) % 8)).toString(16).padStart(72, "0");
  if (!hex.startsWith("01551220")) throw new Error(`no CIDv1 of raw bytes: ${cid}`);
  return hex.slice(8);
}
