import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { findResource } from "../../../src/history/resources";
import { unseal } from "../../../src/platform/sealing";
import { settings } from "../../../src/platform/settings";
import { identityOf } from "../../../src/resources/secrets";
import { call, codeOf, token } from "./build";

const API_KEY = "sk-very-secret-0123456789";
const SECRET = "whsec_dmVyeS1zZWNyZXQtc2hlbGw=";
const HEADER = "Bearer very-secret-header";
const OLD_KEY = btoa("0".repeat(32));
const NEW_KEY = btoa("1".repeat(32));

let users = 0;
let alice: string;
let logged: string;

beforeEach(() => {
  alice = `sealed-${++users}`;
  logged = "";
  vi.spyOn(console, "error").mockImplementation((...lines) => {
    logged += lines.join(" ");
  });
});
afterEach(() => vi.restoreAllMocks());

type Options = { scope?: string; env?: object; as?: string };

async function send(method: string, path: string, body?: unknown, options: Options = {}) {
  const { scope, as = alice } = options;
  const credential = await token({ sub: as, ...(scope !== undefined && { scope }) });
  return call(`/api/v1${path}`, {
    method,
    token: credential,
    ...(body !== undefined && { body }),
    env: { ...options.env },
  });
}

const spec = z.object({ spec: z.record(z.string(), z.unknown()) });
const specOf = async (response: Response) => spec.parse(await response.json()).spec;

const MODEL = { provider: "openai-compatible", model: "m", baseUrl: "https://models.example/v1" };
const model = (more: object = {}) => ({ metadata: { name: "m" }, spec: { ...MODEL, ...more } });
const shell = (more: object = {}) => ({
  metadata: { name: "s" },
  spec: { runtime: "http", url: "https://agent.example", ...more },
});

/** Everything that D1 holds of resources. */
async function rows(): Promise<string> {
  const { results } = await env.DB.prepare("SELECT * FROM resources").all();
  return JSON.stringify(results);
}

async function storedKey(keys: string, path = "apiKey", kind: "Model" | "Shell" = "Model") {
  const name = kind === "Model" ? "m" : "s";
  const stored = await findResource(env.DB, { kind, namespace: alice, name });
  const sealed = stored?.secrets[path];
  if (!stored || sealed === undefined) return undefined;
  return unseal(settings.parse({ SECRETS_KEY: keys }).SECRETS_KEY, sealed, identityOf(stored));
}

const KEYS = z.object({ SECRETS_KEY: z.string() }).parse(env).SECRETS_KEY;

describe("a key", () => {
  it("is nowhere in answers, D1 and logs once it is stored", async () => {
    const texts: string[] = [];
    const noted = async (response: Response) => texts.push(await response.text());
    await noted(await send("POST", "/models", model({ apiKey: API_KEY })));
    await noted(await send("POST", "/shells", shell({ secret: SECRET, headers: { a: HEADER } })));
    await noted(await send("GET", `/models/${alice}/m`));
    await noted(await send("GET", "/models"));
    await noted(await send("GET", `/shells/${alice}/s`, undefined, { scope: "read" }));
    await noted(await send("POST", "/models", model({ apiKey: API_KEY })));
    await noted(await send("POST", "/models", model({ apiKey: API_KEY, colour: "red" })));
    await noted(await send("POST", "/models", { ...model({ apiKey: `${API_KEY}\n` }) }));
    await noted(await send("PUT", `/models/${alice}/m`, model({ apiKey: API_KEY, baseUrl: "x" })));
    await noted(await send("POST", "/shells", shell({ secret: `x${SECRET}` })));
    const everything = texts.join("\n") + (await rows()) + logged;
    expect(everything).toContain("•••");
    for (const secret of [API_KEY, SECRET]) expect(everything).not.toContain(secret);
    expect((await rows()) + logged).not.toContain(HEADER);
    expect(await storedKey(KEYS)).toBe(API_KEY);
    expect(await storedKey(KEYS, "secret", "Shell")).toBe(SECRET);
  });

  it("is masked in the answer that creates it, too, and absent where there is none", async () => {
    const created = await specOf(await send("POST", "/models", model({ apiKey: API_KEY })));
    expect(created).toEqual({ ...MODEL, apiKey: "•••" });
    const without = await send("POST", "/models", { ...model(), metadata: { name: "other" } });
    expect(await specOf(without)).toEqual(MODEL);
  });

  it.each([
    ["left out", {}],
    ["masked", { apiKey: "•••" }],
  ])("stays where a replacement has it %s", async (_name, more) => {
    await send("POST", "/models", model({ apiKey: API_KEY }));
    const body = model({ ...more, model: "another" });
    const replaced = await specOf(await send("PUT", `/models/${alice}/m`, body));
    expect(replaced).toEqual({ ...MODEL, model: "another", apiKey: "•••" });
    expect(await storedKey(KEYS)).toBe(API_KEY);
  });

  it("is replaced by another, and can be added later", async () => {
    await send("POST", "/models", model());
    for (const apiKey of ["first", "second"]) {
      await send("PUT", `/models/${alice}/m`, model({ apiKey }));
      expect(await storedKey(KEYS)).toBe(apiKey);
    }
  });

  it("[Model] the values of its headers are masked like it, kept by a mask, and gone when left out", async () => {
    await send("POST", "/models", model({ headers: { "x-key": HEADER, "x-team": "red" } }));
    const path = `/models/${alice}/m`;
    const shown = { "x-key": "•••", "x-team": "•••" };
    expect((await specOf(await send("GET", path))).headers).toEqual(shown);
    const replaced = await send("PUT", path, model({ headers: { "x-key": "•••" } }));
    expect((await specOf(replaced)).headers).toEqual({ "x-key": "•••" });
    expect(await storedKey(KEYS, "headers/x-key")).toBe(HEADER);
    expect(await rows()).not.toContain(HEADER);
  });

  it("a shell's secret stays and is masked like it", async () => {
    await send("POST", "/shells", shell({ secret: SECRET }));
    const replaced = await specOf(await send("PUT", `/shells/${alice}/s`, shell()));
    expect(replaced).toMatchObject({ secret: "•••" });
    expect(await storedKey(KEYS, "secret", "Shell")).toBe(SECRET);
  });

  it("a mask of nothing is refused", async () => {
    const create = await send("POST", "/models", model({ apiKey: "•••" }));
    expect([create.status, await create.json()]).toMatchObject([
      400,
      { code: "invalid_request", issues: [{ path: "spec.apiKey" }] },
    ]);
    await send("POST", "/models", model());
    const replace = await send("PUT", `/models/${alice}/m`, model({ apiKey: "•••" }));
    expect(replace.status).toBe(400);
  });

  it("moved to another row it opens nothing", async () => {
    await send("POST", "/models", model({ apiKey: API_KEY }));
    await env.DB.prepare("UPDATE resources SET namespace = 'mallory' WHERE namespace = ?")
      .bind(alice)
      .run();
    alice = "mallory";
    expect(await storedKey(KEYS)).toBeUndefined();
  });
});

describe("values of headers", () => {
  const headers = { Authorization: HEADER, "X-Team": "blue" };

  it("are read back by whoever may write them, and by nobody else", async () => {
    await send("POST", "/shells", shell({ headers }));
    const path = `/shells/${alice}/s`;
    expect(await specOf(await send("GET", path))).toMatchObject({ headers });
    const reading = await send("GET", path, undefined, { scope: "read" });
    expect(await specOf(reading)).toMatchObject({
      headers: { Authorization: "•••", "X-Team": "•••" },
    });
    expect(await rows()).not.toContain("blue");
  });

  it("of system are masked for users", async () => {
    const rules = { timeoutMs: 5000, approval: { tools: ["pay"] }, onLost: "repeat" };
    const server = { url: "https://mcp.example", headers, ...rules };
    const body = {
      metadata: { name: "tools", namespace: "system" },
      spec: { systemPrompt: "", mcpServers: { "a/b": server } },
    };
    const admin = { scope: "admin", as: "root" };
    await send("POST", "/ghosts", body, admin);
    const asUser = await (await send("GET", "/ghosts/system/tools")).text();
    expect(asUser).not.toContain("blue");
    expect(await specOf(await send("GET", "/ghosts/system/tools", undefined, admin))).toEqual(
      body.spec,
    );
    await send("DELETE", "/ghosts/system/tools", undefined, admin);
  });

  it("a masked one is kept, one left out is gone, a new one is stored", async () => {
    await send("POST", "/shells", shell({ headers }));
    const changed = shell({ headers: { Authorization: "•••", "X-New": "green" } });
    const replaced = await specOf(await send("PUT", `/shells/${alice}/s`, changed));
    expect(replaced).toMatchObject({ headers: { Authorization: HEADER, "X-New": "green" } });
    expect(replaced.headers).not.toHaveProperty("X-Team");
  });
});

describe("SECRETS_KEY", () => {
  it("is needed to store a secret, and for nothing else", async () => {
    const none = { env: { SECRETS_KEY: "" } };
    const refused = await send("POST", "/models", model({ apiKey: API_KEY }), none);
    expect([refused.status, await codeOf(refused)]).toEqual([503, "unavailable"]);
    expect(await refused.text()).toContain("SECRETS_KEY");
    expect((await send("POST", "/models", model(), none)).status).toBe(201);
  });

  it("that is no key stops the service, without being shown", async () => {
    const wrong = { env: { SECRETS_KEY: "hunter2" } };
    const response = await send("GET", "/models", undefined, wrong);
    expect([response.status, await codeOf(response)]).toEqual([503, "unavailable"]);
    expect(logged).toContain("SECRETS_KEY");
    expect(logged).not.toContain("hunter2");
  });

  it("rotates: a replacement seals what it keeps with the newest", async () => {
    await send("POST", "/models", model({ apiKey: API_KEY }), { env: { SECRETS_KEY: OLD_KEY } });
    expect(await storedKey(NEW_KEY)).toBeUndefined();
    const both = { env: { SECRETS_KEY: `${NEW_KEY},${OLD_KEY}` } };
    expect((await send("PUT", `/models/${alice}/m`, model(), both)).status).toBe(200);
    expect(await storedKey(NEW_KEY)).toBe(API_KEY);
    expect(await storedKey(OLD_KEY)).toBeUndefined();
  });

  it("that is lost keeps nobody from reading and giving a new key", async () => {
    const old = { env: { SECRETS_KEY: OLD_KEY } };
    await send("POST", "/shells", shell({ secret: SECRET, headers: { a: "b" } }), old);
    const read = await specOf(await send("GET", `/shells/${alice}/s`));
    expect(read).toMatchObject({ secret: "•••", headers: { a: "•••" } });
    const next = shell({ secret: SECRET, headers: { a: "c" } });
    expect((await send("PUT", `/shells/${alice}/s`, next)).status).toBe(200);
    expect(await storedKey(KEYS, "secret", "Shell")).toBe(SECRET);
  });
});
