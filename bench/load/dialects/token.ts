import { createHmac } from "node:crypto";
import { JWT_SECRET } from "../../hosts/secrets";

const DAY_SECONDS = 24 * 60 * 60;
const header = part({ alg: "HS256", typ: "JWT" });

/** A JWT (RFC 7519, HS256) that Taskroom accepts for a day. */
export function tokenOf(sub: string): string {
  const now = Math.floor(Date.now() / 1000);
  const signed = `${header}.${part({ sub, iat: now, exp: now + DAY_SECONDS })}`;
  return `${signed}.${createHmac("sha256", JWT_SECRET).update(signed).digest("base64url")}`;
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString("base64url");
}
