const PLAIN = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;
const ENCODED = /^=\?base64\?.*\?=$/s;

/** A value as the protocol has it in a header: as it is, or in base64 where a header could not carry it. */
export function headerValue(value: string): string {
  if (PLAIN.test(value) && !ENCODED.test(value)) return value;
  const bytes = new TextEncoder().encode(value);
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `=?base64?${btoa(binary)}?=`;
}
