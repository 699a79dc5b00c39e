import { API_KEY_PREFIX, apiKeyText } from "../../protocol/rest/api-keys";

const RANDOM_BYTES = 32;
const RANDOM_CHARS = 43;
const CHECKSUM_CHARS = 6;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** IEEE 802.3's polynomial, bits reversed. */
const POLYNOMIAL = 0xedb88320;

/** A new key: the prefix, 256 random bits in base64url, and the checksum of all that. */
export function newKeyText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const random = btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
  const text = API_KEY_PREFIX + random;
  return text + checksumOf(text);
}

/** Whether a text may be a key, which no look at a database has to say: keys of before the checksum are shorter. */
export function mayBeKey(text: string): boolean {
  if (!apiKeyText.safeParse(text).success) return false;
  const end = API_KEY_PREFIX.length + RANDOM_CHARS;
  return text.length === end || text.slice(end) === checksumOf(text.slice(0, end));
}

/** CRC-32 in base62. */
function checksumOf(text: string): string {
  let rest = crc32(new TextEncoder().encode(text));
  let digits = "";
  for (let i = 0; i < CHECKSUM_CHARS; i++) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
