import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { settings as settingsSchema } from "../../../src/platform/settings";
import { identify } from "../../../src/worker/identity/identify";
import { doorsAt, ORIGIN, SECRET, secondsFromNow, token } from "./build";

type Issuer = { alg: string; kid: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK };

async function makeKey(alg: string, kid: string): Promise<Issuer> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg } };
}

let rsa: Issuer;
let ec: Issuer;
let ed: Issuer;
let second: Issuer;
beforeAll(async () => {
  rsa = await makeKey("RS256", "rsa");
  ec = await makeKey("ES256", "ec");
  ed = await makeKey("EdDSA", "ed");
  second = await makeKey("RS256", "second");
});

// Key sets are cached by address, so every test has its own.
let address = 0;
let url: string;
let answer: () => Response | Promise<Response>;
let fetches: string[];

beforeEach(() => {
  url = `https://issuer.test/keys/${++address}`;
  answer = () => Response.json({ keys: [rsa.jwk, ec.jwk, ed.jwk] });
  fetches = [];
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    fetches.push(input instanceof Request ? input.url : String(input));
    return answer();
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function sign(key: Issuer, header: { kid?: string } = { kid: key.kid }): Promise<string> {
  return new SignJWT({ sub: "alice", exp: secondsFromNow(60) })
    .setProtectedHeader({ alg: key.alg, ...header })
    .sign(key.privateKey);
}

async function whoIs(credential: string, over: Record<string, string> = {}) {
  const request = new Request(ORIGIN, { headers: { Authorization: `Bearer ${credential}` } });
  return identify(
    request,
    settingsSchema.parse({ AUTH_JWKS_URL: url, ...over }),
    doorsAt(Date.now()),
  );
}

const alice = { ok: true, value: { userId: "alice", scope: "write" } };
const unauthorized = { ok: false, refusal: { code: "unauthorized" } };
const unavailable = { ok: false, refusal: { code: "unavailable" } };

describe("tokens of an issuer with public keys", () => {
  it.each<[string, () => Issuer]>([
    ["RSA", () => rsa],
    ["an elliptic curve", () => ec],
    ["Ed25519", () => ed],
  ])("%s", async (_name, key) => {
    expect(await whoIs(await sign(key()))).toMatchObject(alice);
  });

  it("keys are fetched once, from the configured address", async () => {
    await whoIs(await sign(rsa));
    await whoIs(await sign(ec));
    expect(fetches).toEqual([url]);
  });

  it("a token that names no key, where several fit", async () => {
    answer = () => Response.json({ keys: [second.jwk, rsa.jwk] });
    expect(await whoIs(await sign(rsa, {}))).toMatchObject(alice);
  });

  it("a key that is set beside a secret: either proves", async () => {
    const both = { AUTH_JWT_SECRET: SECRET };
    expect(await whoIs(await sign(rsa), both)).toMatchObject(alice);
    expect(await whoIs(await token(), both)).toMatchObject(alice);
    expect(await whoIs(await token())).toMatchObject(unauthorized);
  });
});

describe("tokens that prove nothing", () => {
  it.each<[string, () => Promise<string>]>([
    ["signed by a key of the same name", () => sign({ ...second, kid: "rsa" })],
    ["signed by a key that is not in the set", () => sign(second)],
    [
      "that names no key, where several could fit but none does",
      async () => {
        answer = () => Response.json({ keys: [rsa.jwk, { ...rsa.jwk, kid: "copy" }] });
        return sign(second, {});
      },
    ],
    ["without any signature", async () => (await sign(rsa)).replace(/\.[^.]*$/, ".")],
  ])("%s", async (_name, make) => {
    expect(await whoIs(await make())).toMatchObject(unauthorized);
  });

  it.each<[string, () => Promise<string>]>([
    ["the public key as PEM", () => exportSPKI(rsa.publicKey)],
    ["the public key as JWK", async () => JSON.stringify(rsa.jwk)],
    ["the modulus", async () => rsa.jwk.n ?? ""],
  ])("HS256 with %s as the secret", async (_name, secret) => {
    const forged = await token({}, await secret());
    expect(await whoIs(forged)).toMatchObject(unauthorized);
    expect(await whoIs(forged, { AUTH_JWT_SECRET: SECRET })).toMatchObject(unauthorized);
  });

  it("a public key's token is not for a service that has a secret only", async () => {
    const over = { AUTH_JWKS_URL: "", AUTH_JWT_SECRET: SECRET };
    expect(await whoIs(await sign(rsa), over)).toMatchObject(unauthorized);
  });
});

describe("keys that cannot be had are the service's trouble, not the token's", () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ["no connection", () => Promise.reject(new TypeError("Network connection lost"))],
    ["a time-out", () => Promise.reject(new DOMException("late", "TimeoutError"))],
    ["an error", () => new Response("no", { status: 500 })],
    ["a redirect", () => Response.redirect("https://evil.test/", 302)],
    ["a page instead of keys", () => new Response("<html>")],
    ["another JSON", () => Response.json({ hello: 1 })],
    ["null", () => Response.json(null)],
  ])("%s", async (_name, broken) => {
    answer = broken;
    expect(await whoIs(await sign(rsa))).toMatchObject(unavailable);
    answer = () => Response.json({ keys: [rsa.jwk] });
    expect(await whoIs(await sign(rsa))).toMatchObject(alice);
  });
});
