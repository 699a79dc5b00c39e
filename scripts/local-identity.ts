import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SignJWT } from "jose";
import { DEV_VARS, readDevVars } from "./dev-vars";

export const ROOT = resolve(import.meta.dirname, "..");

/** Which of wrangler's inputs decide what a local server accepts. */
export type Sources = {
  vars?: Record<string, string>;
  config?: string | undefined;
  env?: string | undefined;
};

export type TokenRequest = { sub: string; scope?: string; name?: string; ttlSeconds: number };

/** A JWT that the local server accepts; nothing where no secret is set. */
export async function mintToken(
  request: TokenRequest,
  sources: Sources = {},
): Promise<string | undefined> {
  const settings = await localSettings(sources);
  // Of several the first signs; all verify.
  const secret = settings.AUTH_JWT_SECRET?.split(",")
    .map((item) => item.trim())
    .find((item) => item !== "");
  if (!secret) return undefined;
  const now = Math.floor(Date.now() / 1000);
  const { sub, scope, name, ttlSeconds } = request;
  const token = new SignJWT({ ...(scope && { scope }), ...(name && { name }) })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds);
  if (settings.AUTH_ISSUER) token.setIssuer(settings.AUTH_ISSUER);
  if (settings.AUTH_AUDIENCE) token.setAudience(settings.AUTH_AUDIENCE);
  return token.sign(new TextEncoder().encode(secret));
}

/** The settings as `wrangler dev` has them: `--var` before `.dev.vars` before the configuration. */
async function localSettings({
  vars,
  config,
  env,
}: Sources): Promise<Record<string, string | undefined>> {
  const file = resolve(ROOT, config ?? "wrangler.toml");
  return { ...(await configured(file, env)), ...readDevVars(devVarsFor(file, env)), ...vars };
}

/** The file wrangler reads: beside the configuration, else (we hand it over) the checkout's own. */
export function devVarsFor(configFile: string, env: string | undefined): string {
  const beside = join(dirname(configFile), DEV_VARS);
  const own = [...(env ? [`${beside}.${env}`] : []), beside].find((file) => existsSync(file));
  return own ?? join(ROOT, DEV_VARS);
}

async function configured(
  file: string,
  env: string | undefined,
): Promise<Record<string, string | undefined>> {
  // Loading wrangler takes most of a second: only where the configuration names an issuer at all.
  if (!/^AUTH_(ISSUER|AUDIENCE)\s*=\s*["'][^"']/m.test(readFileSync(file, "utf8"))) return {};
  const { unstable_readConfig } = await import("wrangler");
  const { vars } = unstable_readConfig(
    { config: file, ...(env && { env }) },
    { hideWarnings: true },
  );
  return {
    AUTH_ISSUER: String(vars.AUTH_ISSUER ?? ""),
    AUTH_AUDIENCE: String(vars.AUTH_AUDIENCE ?? ""),
  };
}
