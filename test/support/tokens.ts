import { SignJWT } from "jose";

export type Claims = { sub: string; scope?: string; name?: string; expiresInSeconds?: number };

/** A token as the service's own issuer would sign it. */
export function signToken(secret: string, claims: Claims): Promise<string> {
  const { sub, expiresInSeconds = 3600, ...rest } = claims;
  return new SignJWT(rest)
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
    .sign(new TextEncoder().encode(secret));
}
