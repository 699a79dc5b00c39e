/** Secrets at rest: AES-256-GCM, as text `v1.<keyId>.<iv>.<ciphertext>` in base64url. */

const VERSION = "v1";
/** Bytes; NIST SP 800-38D, section 8.2.2: random, and one key seals far fewer than 2^32 secrets. */
const IV_BYTES = 12;
const KEY_ID_CHARS = 8;

/**
 * Seals with the first of `keys` (32 bytes each, in base64). `identity` says what the secret
 * belongs to: unsealed under another one it is not there, so it cannot be moved.
 */
export async function seal(
  keys: readonly [string, ...string[]],
  secret: string,
  identity: string,
): Promise<string> {
  const raw = bytesOf(keys[0]);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(
    cipher(iv, identity),
    await cryptoKey(raw),
    new TextEncoder().encode(secret),
  );
  return [VERSION, await keyId(raw), textOf(iv), textOf(new Uint8Array(sealed))].join(".");
}

/** The secret; undefined where no key fits, or the text or its identity is not the sealed one. */
export async function unseal(
  keys: readonly string[],
  sealed: string,
  identity: string,
): Promise<string | undefined> {
  const [version, id, iv, ciphertext, ...rest] = sealed.split(".");
  if (version !== VERSION || !iv || !ciphertext || rest.length > 0) return undefined;
  try {
    for (const raw of keys.map(bytesOf)) {
      if ((await keyId(raw)) !== id) continue;
      const key = await cryptoKey(raw);
      const bytes = bytesOf(ciphertext);
      const secret = await crypto.subtle.decrypt(cipher(bytesOf(iv), identity), key, bytes);
      return new TextDecoder().decode(secret);
    }
  } catch {
    // Tampered with, moved, or no base64: what it was sealed for is not known any more.
  }
  return undefined;
}

/** Whether a text was sealed with this key, as it says itself. */
export async function isSealedWith(key: string, sealed: string): Promise<boolean> {
  const [version, id] = sealed.split(".");
  return version === VERSION && id === (await keyId(bytesOf(key)));
}

/** A sealed text that carries its identity along, for those who get it out of its row. */
export function portable(sealed: string, identity: string): string {
  return `${identity}|${sealed}`;
}

export function unsealPortable(keys: readonly string[], text: string): Promise<string | undefined> {
  const cut = text.lastIndexOf("|");
  return unseal(keys, text.slice(cut + 1), text.slice(0, Math.max(cut, 0)));
}

function cipher(iv: Uint8Array<ArrayBuffer>, identity: string) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(identity) };
}

function cryptoKey(raw: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function keyId(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", raw));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.slice(0, KEY_ID_CHARS);
}

function textOf(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Of base64 and base64url alike. Throws where it is neither. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
