const TOKEN_BYTES = 32;

export type IssuedToken = { token: string; hash: string };

/** 256 random bits in base64url, shown once, and the hash that is kept of them. */
export async function issueToken(): Promise<IssuedToken> {
  const token = base64url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
  return { token, hash: await hashToken(token) };
}

/** SHA-256 suffices: a token of 256 random bits cannot be guessed from its hash. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  return base64url(new Uint8Array(digest));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
