import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { networkOf } from "../../../src/platform/ip-address";
import { mayBeKey, newKeyText } from "../../../src/worker/identity/key-text";
import { fewPerKey } from "../../support/few-per-key";
import { newUser } from "../../support/room-client";
import { call, codeOf, token } from "./build";

/** Attempts that are let through. */
const LIMIT = 3;
/** A key of the first form, without a checksum. */
const oldKey = () => newKeyText().slice(0, -6);

let address: string;
let reads: number;

/** D1 that counts what it is asked. */
const DB = new Proxy(env.DB, {
  get(target, property) {
    if (property === "prepare") reads++;
    const value: unknown = Reflect.get(target, property, target);
    return typeof value === "function" ? value.bind(target) : value;
  },
});

beforeEach(() => {
  const [a, b, c] = crypto.getRandomValues(new Uint8Array(3));
  address = `203.${a}.${b}.${c}`;
  reads = 0;
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const small = { ADDRESS_LIMIT: fewPerKey(LIMIT), DB };

function from(from: string, credential: string | null, path = "/api/v1/tasks"): Promise<Response> {
  return call(path, { token: credential, headers: { "CF-Connecting-IP": from }, env: small });
}

async function exhaust(from_ = address): Promise<void> {
  for (let n = 0; n < LIMIT; n++) expect((await from(from_, "junk")).status).toBe(401);
  expect((await from(from_, "junk")).status).toBe(429);
}

async function newKey(): Promise<string> {
  const body = { name: "k", scopes: ["read"] };
  const by = await token({ sub: newUser() });
  const made = await call("/api/v1/api-keys", { method: "POST", token: by, body });
  return (await made.json<{ key: string }>()).key;
}

describe("an address that only fails is refused before anything is looked up", () => {
  it.each<[string, () => string | null | Promise<string>]>([
    ["no credential", () => null],
    ["junk", () => "junk"],
    ["an expired token", () => token({ exp: 1 })],
    ["keys that cannot be any", () => `${newKeyText().slice(0, -1)}_`],
    ["keys that never were", newKeyText],
    ["keys that never were, of the first form", oldKey],
  ])("%s", async (_name, make) => {
    for (let n = 0; n < LIMIT; n++) expect((await from(address, await make())).status).toBe(401);
    reads = 0;
    for (let n = 0; n < 20; n++) {
      const refused = await from(address, await make());
      expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
      expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    }
    expect(reads).toBe(0);
  });

  it("also where the limiter itself is not asked any more", async () => {
    await exhaust();
    const limit = vi.fn();
    const headers = { "CF-Connecting-IP": address };
    const options = { token: "junk", headers, env: { ADDRESS_LIMIT: { limit } } };
    expect((await call("/api/v1/tasks", options)).status).toBe(429);
    expect(limit).not.toHaveBeenCalled();
  });
});

describe("whoever has a credential that holds is not kept out by a neighbour's failures", () => {
  it("with a token", async () => {
    await exhaust();
    expect((await from(address, await token({ sub: newUser() }))).status).toBe(200);
  });

  it("with a key that was in use before", async () => {
    const key = await newKey();
    expect((await from(address, key)).status).toBe(200);
    for (let n = 0; n < LIMIT; n++) await from(address, "junk");
    expect((await from(address, "junk")).status).toBe(429);
    expect((await from(address, key)).status).toBe(200);
  });

  it("but a key in use that was revoked elsewhere is refused all the same, after some seconds", async () => {
    const key = await newKey();
    expect((await from(address, key)).status).toBe(200);
    await env.DB.prepare("DELETE FROM api_keys").run();
    await expect.poll(async () => (await from(address, key)).status).toBe(401);
  });

  it("other addresses are not touched", async () => {
    await exhaust();
    expect((await from(`198.${address.slice(4)}`, "junk")).status).toBe(401);
  });

  it("nor is what comes without an address, from another worker", async () => {
    for (let n = 0; n < 2 * LIMIT; n++) {
      expect((await call("/api/v1/tasks", { token: "junk", env: small })).status).toBe(401);
    }
  });
});

describe("an API key", () => {
  it("is looked up once, not again at once, when it never was", async () => {
    const key = newKeyText();
    for (let n = 0; n < 3; n++) expect((await from(address, key)).status).toBe(401);
    expect(reads).toBe(1);
  });

  it("of the first form, without a checksum, stays good", async () => {
    const key = oldKey();
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
    const hash = btoa(String.fromCharCode(...new Uint8Array(digest)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
    await env.DB.prepare(
      "INSERT INTO api_keys (id, user_id, hash, name, scopes, created_at) VALUES (?, ?, ?, 'k', '[\"read\"]', '2026-01-01T00:00:00.000Z')",
    )
      .bind(`key_${crypto.randomUUID()}`, newUser(), hash)
      .run();
    expect((await from(address, key)).status).toBe(200);
  });

  it("with one character changed is none, and costs no look at D1", async () => {
    const key = newKeyText();
    expect(mayBeKey(key)).toBe(true);
    for (let at = 4; at < key.length; at++) {
      const other = key[at] === "A" ? "B" : "A";
      expect(mayBeKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
    expect((await from(address, `${key.slice(0, -1)}-`)).status).toBe(401);
    expect(reads).toBe(0);
  });
});

describe("/healthz", () => {
  const asked = (over: object = {}) =>
    call("/healthz", {
      token: null,
      headers: { "CF-Connecting-IP": address },
      env: { ...small, ...over },
    });

  it("is limited by address, apart from credentials", async () => {
    await exhaust();
    for (let n = 0; n < LIMIT; n++) expect((await asked()).status).toBe(200);
    const refused = await asked();
    expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it.each([
    ["that it answers", 200],
    ["that it does not", 503],
  ])("keeps for some seconds what it saw of D1: %s", async (_name, status) => {
    let looks = 0;
    const prepare = (query: string) => {
      looks++;
      if (status === 503) throw new Error("D1_ERROR: Network connection lost.");
      return env.DB.prepare(query);
    };
    vi.useFakeTimers({ now: Date.now(), toFake: ["Date"] });
    const many = { ADDRESS_LIMIT: env.ADDRESS_LIMIT, DB: { prepare } };
    for (let n = 0; n < 50; n++) expect((await asked(many)).status).toBe(status);
    expect(looks).toBe(1);
    vi.setSystemTime(Date.now() + 6000);
    expect((await asked(many)).status).toBe(status);
    expect(looks).toBe(2);
  });
});

describe("whose an address is", () => {
  it.each<[string, string | undefined]>([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::ffff", "2001:db8:1:2::/64"],
    ["2001:db8:1:3::1", "2001:db8:1:3::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["", undefined],
    ["no address", undefined],
    ["::/0/evil", undefined],
  ])("%s", (text, network) => {
    expect(networkOf(text)).toBe(network);
  });

  it("a /64 has one count, its neighbour another", async () => {
    const own = `2001:db8:${address.split(".")[1]}:${address.split(".")[2]}`;
    for (let n = 0; n < LIMIT; n++) await from(`${own}::${n}`, "junk");
    expect((await from(`${own}:1:2:3:4`, "junk")).status).toBe(429);
    expect((await from(`2001:db8:ffff:fff${address.at(-1)}::1`, "junk")).status).toBe(401);
  });
});

describe("what is made has limits of its own per user, one for each sort", () => {
  const small = { TASK_LIMIT: fewPerKey(LIMIT), GRANT_LIMIT: fewPerKey(LIMIT) };

  async function make(user: string, path: string, body: unknown): Promise<Response> {
    const by = await token({ sub: user });
    return call(path, { method: "POST", token: by, body, env: small });
  }

  it.each<[string, string, unknown]>([
    ["tasks", "/api/v1/tasks", { title: "t" }],
    ["API keys", "/api/v1/api-keys", { name: "k", scopes: ["read"] }],
    ["webhooks", "/api/v1/webhooks", { url: "https://a.test/", events: ["notification"] }],
  ])("%s", async (_name, path, body) => {
    const user = newUser();
    for (let n = 0; n < LIMIT; n++) {
      const response = await make(user, path, body);
      expect(response.status).not.toBe(429);
      if (response.ok) expect(response.headers.get("RateLimit-Policy")).toContain('"user";q=');
    }
    const refused = await make(user, path, body);
    expect([refused.status, await codeOf(refused)]).toEqual([429, "rate_limited"]);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await make(newUser(), path, body)).status).not.toBe(429);
    const reading = await call("/api/v1/tasks", { token: await token({ sub: user }), env: small });
    expect(reading.status).toBe(200);
  });
});
