import { base64url, type JWTPayload, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settings as settingsSchema } from "../../../src/platform/settings";
import { identify } from "../../../src/worker/identity/identify";
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
    ["with a name", { name: "Ålice" }, { name: "Ålice" }],
    ["with an audience nobody asked for", { aud: "x", iss: "y" }, {}],
    ["in force since a second", { nbf: secondsFromNow(-1) }, {}],
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

describe("claims that are refused", () => {
  it.each<[string, JWTPayload]>([
    ["expired", { exp: secondsFromNow(-1) }],
    ["expiring this second", { exp: Math.floor(NOW / 1000) }],
    ["expired a millisecond ago", { exp: (NOW - 1) / 1000 }],
    ["without an expiry", { exp: undefined as never }],
    ["an expiry that is no number", { exp: "tomorrow" as never }],
    ["an expiry past any calendar", { exp: 1e300 }],
    ["not yet in force", { nbf: secondsFromNow(3) }],
    ["nbf that is no number", { nbf: "now" as never }],
    ["without a user", { sub: undefined as never }],
    ["an empty user", { sub: "" }],
    ["a user id that is too long", { sub: "x".repeat(256) }],
    ["a user that is no text", { sub: 7 as never }],
    ["a user with half a character", { sub: "a\ud83d" }],
    ["a user who calls itself the system", { sub: "system" }],
    ["scopes, none of ours", { scope: "openid email" }],
    ["an empty scope", { scope: "" }],
    ["a scope in capitals", { scope: "ADMIN" }],
    ["a scope that is no text", { scope: ["admin"] }],
  ])("%s", async (_name, claims) => {
    expect(await whoIs(await token(claims))).toMatchObject({
      ok: false,
      refusal: { code: "unauthorized" },
    });
  });
});

describe("issuer and audience are checked when set", () => {
  const ours = { AUTH_ISSUER: "https://issuer.test/", AUTH_AUDIENCE: "taskroom" };
  const good = { iss: ours.AUTH_ISSUER, aud: ours.AUTH_AUDIENCE };
  it.each<[string, JWTPayload, boolean]>([
    ["both right", good, true],
    ["one of several audiences", { ...good, aud: ["other", "taskroom"] }, true],
    ["another issuer", { ...good, iss: "https://evil.test/" }, false],
    ["no issuer", { aud: good.aud }, false],
    ["another audience", { ...good, aud: "other" }, false],
    ["no audience", { iss: good.iss }, false],
  ])("%s", async (_name, claims, ok) => {
    expect(await whoIs(await token(claims), ours)).toMatchObject({ ok });
  });
});

describe("tokens that prove nothing", () => {
  const claims = { sub: "alice", exp: secondsFromNow(60) };
  const key = new TextEncoder().encode(SECRET);
  const signed = (alg: string, header: object = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg, ...header }).sign(key, { crit: { x: true } });

  it.each<[string, () => string | Promise<string>]>([
    ["another secret", () => token({}, "another-secret-another-secret-another")],
    ["alg none", () => unsigned({ alg: "none" }, claims)],
    ["alg none in capitals", () => unsigned({ alg: "NONE" }, claims)],
    ["no alg", () => unsigned({}, claims)],
    ["an alg that is no text", () => unsigned({ alg: { a: 1 } }, claims)],
    ["our secret by another algorithm", () => signed("HS512")],
    ["a critical extension", () => signed("HS256", { crit: ["x"], x: 1 })],
    ["no signature", async () => (await token()).replace(/\.[^.]*$/, ".")],
    ["a changed signature", async () => (await token()).replace(/.{4}$/, "AAAA")],
    ["changed claims", async () => (await token()).replace(/\.[^.]+\./, `.${btoa("{}")}.`)],
    ["garbage", () => "garbage"],
    ["two parts", () => "a.b"],
    ["five parts", () => "a.b.c.d.e"],
    ["dots", () => ".."],
    ["a header that is no object", () => `${base64url.encode("[]")}.e30.x`],
    ["claims that are no object", () => unsigned({ alg: "HS256" }, [1])],
    ["a header nested without end", () => `${base64url.encode("[".repeat(3000))}.e30.x`],
    ["an API key, before there are any", () => "trk_0123456789abcdef"],
    ["more than a header should hold", () => token({ pad: "x".repeat(9000) })],
  ])("%s", async (_name, make) => {
    expect(await whoIs(await make())).toMatchObject({
      ok: false,
      refusal: { code: "unauthorized" },
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
