import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT } from "jose";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { settings as settingsSchema } from "../../../src/platform/settings";
import { settingsOf } from "../../../src/worker/current-settings";
import { identify } from "../../../src/worker/identity/identify";
import { doorsAt, environment, ORIGIN, SECRET, secondsFromNow, token } from "./build";

const DAY_S = 24 * 60 * 60;
const MINUTE_MS = 60_000;

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
  return new SignJWT({ sub: "alice", exp: secondsFromNow(3 * DAY_S) })
    .setProtectedHeader({ alg: key.alg, ...header })
    .sign(key.privateKey);
}

async function whoIs(credential: string, over: Record<string, string> = {}, now = Date.now()) {
  const request = new Request(ORIGIN, { headers: { Authorization: `Bearer ${credential}` } });
  return identify(request, settingsSchema.parse({ AUTH_JWKS_URL: url, ...over }), doorsAt(now));
}

/** The same at a later time; the token is still good then. */
const whoIsIn = (ms: number, credential: string) => whoIs(credential, {}, Date.now() + ms);

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

const DOWN: [string, () => Response | Promise<Response>][] = [
  ["no connection", () => Promise.reject(new TypeError("Network connection lost"))],
  ["a time-out", () => Promise.reject(new DOMException("late", "TimeoutError"))],
  ["an error", () => new Response("no", { status: 500 })],
  ["a redirect", () => Response.redirect("https://evil.test/", 302)],
  ["a page instead of keys", () => new Response("<html>")],
  ["another JSON", () => Response.json({ hello: 1 })],
  ["null", () => Response.json(null)],
  ["keys that are no list", () => Response.json({ keys: { rsa: rsa.jwk } })],
  ["megabytes", () => Response.json({ keys: [rsa.jwk], pad: "x".repeat(2 ** 20) })],
  ["nesting without end", () => new Response(`{"keys":${"[".repeat(10_000)}`)],
];

describe("keys that cannot be had are the service's trouble, not the token's", () => {
  it.each(DOWN)("%s", async (_name, broken) => {
    answer = broken;
    expect(await whoIs(await sign(rsa))).toMatchObject(unavailable);
    answer = () => Response.json({ keys: [rsa.jwk] });
    expect(await whoIsIn(2000, await sign(rsa))).toMatchObject(alice);
  });

  it.each(DOWN)("with keys from before they go on, for a day: %s", async (_name, broken) => {
    const credential = await sign(rsa);
    expect(await whoIs(credential)).toMatchObject(alice);
    answer = broken;
    expect(await whoIsIn(11 * MINUTE_MS, credential)).toMatchObject(alice);
    expect(await whoIsIn(DAY_S * 1000 + MINUTE_MS, credential)).toMatchObject(unavailable);
  });

  it("a key of a name not known yet, while the issuer is away, is no forged one", async () => {
    expect(await whoIs(await sign(rsa))).toMatchObject(alice);
    answer = () => new Response("no", { status: 500 });
    expect(await whoIsIn(MINUTE_MS, await sign(second))).toMatchObject(unavailable);
    answer = () => Response.json({ keys: [rsa.jwk, second.jwk] });
    expect(await whoIsIn(2 * MINUTE_MS, await sign(second))).toMatchObject(alice);
  });

  it("the issuer is asked at most once in half a minute for names that nobody knows", async () => {
    expect(await whoIs(await sign(rsa))).toMatchObject(alice);
    for (let n = 0; n < 20; n++) {
      expect(await whoIsIn(MINUTE_MS + n, await sign(ec, { kid: `made-up-${n}` }))).toMatchObject({
        refusal: { code: "unauthorized", message: expect.stringContaining("kid") },
      });
    }
    expect(fetches).toHaveLength(2);
  });

  it("an issuer that is down is not asked again for every token", async () => {
    answer = () => new Response("no", { status: 500 });
    const now = Date.now();
    for (let n = 0; n < 20; n++) {
      expect(await whoIs(await sign(rsa), {}, now + n)).toMatchObject(unavailable);
    }
    expect(fetches).toHaveLength(1);
  });
});

it("odd entries of a key set are passed over, the keys beside them serve", async () => {
  const odd = [null, 7, "key", [], {}, { kty: "unheard-of", kid: "x" }, { kty: 7 }];
  answer = () => Response.json({ keys: [...odd, rsa.jwk] });
  expect(await whoIs(await sign(rsa))).toMatchObject(alice);
});

describe("AUTH_AUDIENCE belongs beside AUTH_JWKS_URL", () => {
  it.each<[string, Record<string, string>, boolean]>([
    ["keys without an audience", { AUTH_JWKS_URL: "https://issuer.test/a" }, true],
    ["keys with one", { AUTH_JWKS_URL: "https://issuer.test/a", AUTH_AUDIENCE: "us" }, false],
    ["no keys", {}, false],
  ])("a line at start says so: %s", (_name, over, says) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const started = environment({ AUTH_JWKS_URL: "", AUTH_AUDIENCE: "", ...over });
    settingsOf(started);
    settingsOf(started);
    expect(warn.mock.calls.flat().filter((line) => line.includes("AUTH_AUDIENCE"))).toHaveLength(
      says ? 1 : 0,
    );
  });
});
