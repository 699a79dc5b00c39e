import { base64url, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settings as settingsSchema } from "../../../src/platform/settings";
import { identify } from "../../../src/worker/identity/identify";
import { LEEWAY_S } from "../../../src/worker/identity/jwt";
import { call, codeOf, doorsAt, ORIGIN, SECRET, secondsFromNow, token } from "./build";

const NOW = Date.now();
const settings = settingsSchema.parse({ AUTH_JWT_SECRET: SECRET });

async function whoIs(credential: string, over: Record<string, string> = {}) {
  const headers = { Authorization: `Bearer ${credential}` };
  const request = new Request(ORIGIN, { headers });
  return identify(
    request,
    settingsSchema.parse({ AUTH_JWT_SECRET: SECRET, ...over }),
    doorsAt(NOW),
  );
}

function signedWith(secret: string): Promise<string> {
  const claims = { sub: "alice", exp: secondsFromNow(60) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
}

/** A refusal that says which part of the token failed. */
const named = (part: string) => expect.stringMatching(new RegExp(`\\b${part}\\b`));

/** As an issuer dates a token whose clock is ahead. */
const soon = (seconds: number) => ({ nbf: secondsFromNow(seconds), iat: secondsFromNow(seconds) });

function unsigned(header: object, claims: object): string {
  const parts = [header, claims].map((part) => base64url.encode(JSON.stringify(part)));
  return `${parts.join(".")}.`;
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("a valid token says who calls", () => {
  const exp = secondsFromNow(60);
  it.each<[string, JWTPayload, object]>([
    ["without a scope: write", {}, { scope: "write" }],
    ["with a scope", { scope: "read" }, { scope: "read" }],
    ["with several scopes: the highest", { scope: "read admin write" }, { scope: "admin" }],
    ["with foreign scopes beside ours", { scope: "openid read email" }, { scope: "read" }],
    ["with scopes, none of ours: as without", { scope: "openid email" }, { scope: "write" }],
    ["with an empty scope: as without", { scope: "" }, { scope: "write" }],
    ["with a scope in capitals, which is not ours", { scope: "ADMIN" }, { scope: "write" }],
    ["with scopes apart by any space", { scope: " openid\t\n read " }, { scope: "read" }],
    ["with a list of scopes", { scope: ["read", "openid"] }, { scope: "read" }],
    ["with scp as text", { scp: "openid read" }, { scope: "read" }],
    ["with scp as a list", { scp: ["openid", "admin"] }, { scope: "admin" }],
    ["with an empty list", { scp: [] }, { scope: "write" }],
    ["with a list of what is no text", { scp: [7, null, { read: 1 }, "read"] }, { scope: "read" }],
    ["with both: the highest of all", { scope: "read", scp: ["write"] }, { scope: "write" }],
    ["with one that is null: as without it", { scope: null, scp: "read" }, { scope: "read" }],
    ["with a name", { name: "Ålice" }, { name: "Ålice" }],
    ["with an audience nobody asked for", { aud: "x", iss: "y" }, {}],
    ["in force since a second", { nbf: secondsFromNow(-1) }, {}],
    ["in force and issued half a minute from now", soon(LEEWAY_S), {}],
    ["issued long ago", { iat: 0 }, {}],
    ["with the longest id", { sub: "x".repeat(255) }, { userId: "x".repeat(255) }],
    ["with an id of any characters", { sub: "auth0|ü/@ x" }, { userId: "auth0|ü/@ x" }],
  ])("%s", async (_name, claims, expected) => {
    expect(await whoIs(await token({ exp, ...claims }))).toEqual({
      ok: true,
      value: { userId: "alice", scope: "write", expiresAt: exp * 1000, ...expected },
    });
  });

  it.each([
    ["that is no text", 7],
    ["without end", "x".repeat(256)],
    ["that is empty", ""],
    ["with half a character", "a\ud83d"],
  ])("but not by a name %s, which is left out", async (_name, name) => {
    const outcome = await whoIs(await token({ name }));
    expect(outcome.ok && "name" in outcome.value).toBe(false);
    expect(outcome.ok).toBe(true);
  });
});

it("each secret verifies its own tokens alone, whichever came before it", async () => {
  const NEXT = "the-next-secret-the-next-secret-the-next";
  const tokens = { [SECRET]: await token({}), [NEXT]: await signedWith(NEXT) };
  for (const secret of [SECRET, NEXT, NEXT, SECRET, NEXT]) {
    for (const [signer, credential] of Object.entries(tokens)) {
      const { ok } = await whoIs(credential, { AUTH_JWT_SECRET: secret });
      expect(ok).toBe(signer === secret);
    }
  }
});

it("of several secrets each verifies, and a secret that is not among them does not", async () => {
  const OLD = "the-old-secret-the-old-secret-the-old-secret";
  const GONE = "the-gone-secret-the-gone-secret-the-gone";
  const over = { AUTH_JWT_SECRET: `${SECRET}, ${OLD},` };
  for (const secret of [SECRET, OLD]) {
    expect(await whoIs(await signedWith(secret), over)).toMatchObject({ ok: true });
  }
  expect(await whoIs(await signedWith(GONE), over)).toMatchObject({ ok: false });
  const stale = await token({ exp: secondsFromNow(-1) }, OLD);
  expect(await whoIs(stale, over)).toMatchObject({ refusal: { message: named("exp") } });
  expect(settingsSchema.safeParse({ AUTH_JWT_SECRET: `${SECRET},short` }).success).toBe(false);
});

describe("claims that are refused, by name and never by value", () => {
  it.each<[string, string, Record<string, unknown>]>([
    ["exp", "expired", { exp: secondsFromNow(-1) }],
    ["exp", "expiring this second", { exp: Math.floor(NOW / 1000) }],
    ["exp", "expired a millisecond ago", { exp: (NOW - 1) / 1000 }],
    ["exp", "expired longer than any leeway", { exp: secondsFromNow(-3600) }],
    ["exp", "without an expiry", { exp: undefined }],
    ["exp", "an expiry that is no number", { exp: "tomorrow" }],
    ["exp", "an expiry past any calendar", { exp: 1e300 }],
    ["nbf", "in force later than the leeway", { nbf: secondsFromNow(LEEWAY_S + 2) }],
    ["nbf", "nbf that is no number", { nbf: "tomorrow" }],
    ["iat", "issued later than the leeway", { iat: secondsFromNow(LEEWAY_S + 2) }],
    ["iat", "iat that is no number", { iat: "tomorrow" }],
    ["sub", "without a user", { sub: undefined }],
    ["sub", "an empty user", { sub: "" }],
    ["sub", "a user id that is too long", { sub: "secret".repeat(50) }],
    ["sub", "a user that is no text", { sub: 7777 }],
    ["sub", "a user that is a list", { sub: ["secret"] }],
    ["sub", "a user with half a character", { sub: "secret\ud83d" }],
    ["sub", "a user who calls itself the system", { sub: "system" }],
    ["scope", "a scope that is a number", { scope: 7777 }],
    ["scope", "a scope that is an object", { scope: { secret: true } }],
    ["scp", "scp that is true", { scp: true }],
  ])("%s: %s", async (claim, _name, claims) => {
    const outcome = await whoIs(await token(claims));
    const refusal = expect.objectContaining({ code: "unauthorized", message: named(claim) });
    expect(outcome).toEqual({ ok: false, refusal });
    expect(JSON.stringify(outcome)).not.toMatch(/secret|7777|tomorrow/);
  });
});

describe("issuer and audience are checked when set", () => {
  const ours = { AUTH_ISSUER: "https://issuer.test/", AUTH_AUDIENCE: "taskroom" };
  const good = { iss: ours.AUTH_ISSUER, aud: ours.AUTH_AUDIENCE };
  it.each<[string, JWTPayload]>([
    ["both right", good],
    ["one of several audiences", { ...good, aud: ["other", "taskroom"] }],
  ])("%s", async (_name, claims) => {
    expect(await whoIs(await token(claims), ours)).toMatchObject({ ok: true });
  });

  it.each<[string, string, JWTPayload]>([
    ["iss", "another issuer", { ...good, iss: "https://evil.test/" }],
    ["iss", "no issuer", { aud: good.aud }],
    ["aud", "another audience", { ...good, aud: "evil" }],
    ["aud", "no audience", { iss: good.iss }],
  ])("%s: %s", async (claim, _name, claims) => {
    const outcome = await whoIs(await token(claims), ours);
    expect(outcome).toMatchObject({ ok: false, refusal: { message: named(claim) } });
    expect(JSON.stringify(outcome)).not.toContain("evil");
  });
});

describe("tokens that prove nothing", () => {
  const claims = { sub: "alice", exp: secondsFromNow(60) };
  const key = new TextEncoder().encode(SECRET);
  const signed = (alg: string, header: object = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key, { crit: { x: true } });

  it.each<[string, string, () => string | Promise<string>]>([
    ["signature", "another secret", () => token({}, "another-secret-another-secret-another")],
    ["alg", "alg none", () => unsigned({ alg: "none" }, claims)],
    ["alg", "alg none in capitals", () => unsigned({ alg: "NONE" }, claims)],
    ["alg", "no alg", () => unsigned({}, claims)],
    ["alg", "an alg that is no text", () => unsigned({ alg: { a: 1 } }, claims)],
    ["alg", "our secret by another algorithm", () => signed("HS512")],
    ["header", "a critical extension", () => signed("HS256", { crit: ["x"], x: 1 })],
    ["signature", "no signature", async () => (await token()).replace(/\.[^.]*$/, ".")],
    ["signature", "a changed signature", async () => (await token()).replace(/.{4}$/, "AAAA")],
    ["signature", "changed claims", async () => (await token()).replace(/\.[^.]+\./, ".e30.")],
    ["JWT", "garbage", () => "garbage"],
    ["JWT", "two parts", () => "a.b"],
    ["JWT", "five parts", () => "a.b.c.d.e"],
    ["JWT", "dots", () => ".."],
    ["JWT", "a header that is no object", () => `${base64url.encode("[]")}.e30.x`],
    ["signature", "claims that are no object", () => unsigned({ alg: "HS256" }, [1])],
    ["JWT", "a header nested without end", () => `${base64url.encode("[".repeat(3000))}.e30.x`],
    ["API key", "an API key, before there are any", () => "trk_0123456789abcdef"],
    ["too long", "more than a header should hold", () => token({ pad: "x".repeat(9000) })],
  ])("%s: %s", async (failed, _name, make) => {
    expect(await whoIs(await make())).toMatchObject({
      ok: false,
      refusal: { code: "unauthorized", message: named(failed) },
    });
  });
});

describe("where a token is looked for", () => {
  const upgrade = { Upgrade: "websocket" };
  const cases: [string, (t: string) => Record<string, string>, boolean][] = [
    ["the header", (t) => ({ Authorization: `Bearer ${t}` }), true],
    ["the header with the scheme in any case", (t) => ({ Authorization: `bEARER ${t}` }), true],
    ["no header", () => ({}), false],
    ["an empty header", () => ({ Authorization: "" }), false],
    ["the scheme alone", () => ({ Authorization: "Bearer" }), false],
    ["another scheme", (t) => ({ Authorization: `Basic ${t}` }), false],
    ["no scheme", (t) => ({ Authorization: t }), false],
    ["two in one header", (t) => ({ Authorization: `Bearer ${t}, Bearer ${t}` }), false],
    ["something after it", (t) => ({ Authorization: `Bearer ${t} x` }), false],
    [
      "the subprotocols of an upgrade",
      (t) => ({ ...upgrade, "Sec-WebSocket-Protocol": `taskroom.v1, taskroom.bearer.${t}` }),
      true,
    ],
    [
      "the subprotocols without spaces, in any order",
      (t) => ({
        Upgrade: "WebSocket",
        "Sec-WebSocket-Protocol": `taskroom.bearer.${t},taskroom.v1`,
      }),
      true,
    ],
    [
      "two in the subprotocols",
      (t) => ({
        ...upgrade,
        "Sec-WebSocket-Protocol": `taskroom.bearer.${t}, taskroom.bearer.${t}`,
      }),
      false,
    ],
    [
      "the subprotocols of what is no upgrade",
      (t) => ({ "Sec-WebSocket-Protocol": `taskroom.bearer.${t}` }),
      false,
    ],
    [
      "the subprotocols beside what a browser puts into the header for a proxy",
      (t) => ({
        ...upgrade,
        Authorization: "Basic eDp5",
        "Sec-WebSocket-Protocol": `taskroom.bearer.${t}`,
      }),
      true,
    ],
  ];
  it.each(cases)("%s", async (_name, headers, ok) => {
    const request = new Request(ORIGIN, { headers: headers(await token()) });
    expect(await identify(request, settings, doorsAt(NOW))).toMatchObject({ ok });
  });

  it("never the URL", async () => {
    const path = `/api/v1/tasks?token=${await token()}&access_token=${await token()}`;
    expect((await call(path, { token: null })).status).toBe(401);
  });
});

describe("what a caller hears", () => {
  const INVALID = 'Bearer error="invalid_token", error_description="';

  it.each(["/api/v1/tasks", "/api/v1/sessions", "/api/v1/no-such-thing"])(
    "401 with the scheme to use: %s",
    async (path) => {
      const response = await call(path, { token: null });
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toBe("Bearer");
      expect(response.headers.get("Content-Type")).toBe("application/problem+json");
      expect(await codeOf(response)).toBe("unauthorized");
    },
  );

  it.each<[string, Record<string, string>, string]>([
    ["another scheme: as without", { Authorization: "Basic eDp5" }, "Bearer"],
    ["a token that is none", { Authorization: "Bearer x" }, INVALID],
    ["a header that cannot be read", { Authorization: "Bearer a b" }, INVALID],
    ["a scheme without a token", { Authorization: "bearer" }, INVALID],
    ["a key that is none", { Authorization: "Bearer trk_x" }, INVALID],
  ])("RFC 6750's challenge for %s", async (_name, headers, expected) => {
    const response = await call("/api/v1/tasks", { token: null, headers });
    expect(response.status).toBe(401);
    const challenge = response.headers.get("WWW-Authenticate") ?? "";
    const { detail } = await response.json<{ detail: string }>();
    expect(challenge).toBe(expected === INVALID ? `${INVALID}${detail}"` : expected);
  });

  it("RFC 6750's challenge where the scope is too small", async () => {
    const reader = await token({ scope: "read" });
    const response = await call("/api/v1/tasks", { method: "POST", body: {}, token: reader });
    expect(response.status).toBe(403);
    const challenge = response.headers.get("WWW-Authenticate");
    expect(challenge).toMatch(/^Bearer error="insufficient_scope", .*, scope="write"$/);
  });

  it.each<[string, string | null | undefined]>([
    ["no token", null],
    ["a token that would be good", undefined],
    ["garbage", "garbage"],
  ])("503 auth_not_configured with neither secret nor keys, for %s", async (_name, credential) => {
    const env = { AUTH_JWT_SECRET: "", AUTH_JWKS_URL: "" };
    const options = { env, ...(credential !== undefined && { token: credential }) };
    const response = await call("/api/v1/tasks", options);
    expect([response.status, await codeOf(response)]).toEqual([503, "auth_not_configured"]);
  });
});
