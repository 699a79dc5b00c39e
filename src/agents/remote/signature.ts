const PREFIX = "whsec_";

export type Signed = {
  /** Unique to the message: a receiver may refuse one that it has seen. */
  id: string;
  /** Seconds since 1970. */
  timestamp: number;
  body: string;
};

/**
 * The headers of Standard Webhooks for a message. `secret` is `whsec_` and base64; throws where it
 * is not, or holds no key.
 */
export async function signatureHeaders(
  { id, timestamp, body }: Signed,
  secret: string,
): Promise<Record<string, string>> {
  const bytes = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const signature = await crypto.subtle.sign("HMAC", await hmacKey(secret), bytes);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${btoa(String.fromCharCode(...new Uint8Array(signature)))}`,
  };
}

function hmacKey(secret: string): Promise<CryptoKey> {
  const base64 = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : "";
  const key = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (key.length === 0) throw new Error("the secret holds no key");
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}
