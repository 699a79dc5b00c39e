import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, ORIGIN, upgrade } from "../../support/room-client";

const created = z.looseObject({ id: z.string(), key: z.string() });

let alice: string;

beforeEach(() => {
  alice = newUser();
});

async function newKey(body: object = { name: "ci", scopes: ["write"] }) {
  const response = await call(alice, "POST", "/api-keys", body);
  expect(response.status).toBe(201);
  return created.parse(await response.json());
}

function as(key: string, method: string, path: string, body?: object): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}` },
    ...(body && { body: JSON.stringify(body) }),
  });
}

describe("an API key", () => {
  it("is shown once, acts as its user, and is nowhere in D1", async () => {
    const { id, key } = await newKey();
    const made = await as(key, "POST", "/tasks", { title: "By key" });
    expect(made.status).toBe(201);
    expect(await made.json()).toMatchObject({ createdBy: alice, role: "owner" });
    const listed = await call(alice, "GET", "/api-keys");
    const text = await listed.text();
    expect(JSON.parse(text)).toMatchObject({ items: [{ id, name: "ci", scopes: ["write"] }] });
    expect(text).not.toContain(key);
    const rows = await env.DB.prepare("SELECT * FROM api_keys").all();
    expect(JSON.stringify(rows.results)).not.toContain(key.slice(4));
  });

  it("with scope read changes nothing", async () => {
    const { key } = await newKey({ name: "reader", scopes: ["read"] });
    expect((await as(key, "GET", "/tasks")).status).toBe(200);
    expect((await as(key, "POST", "/tasks", {})).status).toBe(403);
  });

  it("that expires is refused from that moment on", async () => {
    const expiresAt = new Date(Date.now() + 300).toISOString();
    const { key } = await newKey({ name: "short", scopes: ["read"], expiresAt });
    await expect.poll(async () => (await as(key, "GET", "/tasks")).status).toBe(401);
  });

  it("that was never given is unauthorized", async () => {
    for (const key of ["trk_", "trk_x", `trk_${"A".repeat(43)}`, `trk_${"'".repeat(500)}`]) {
      expect((await as(key, "GET", "/tasks")).status).toBe(401);
    }
  });

  it("revoked stops working at once and its sockets close with 4401, other sockets stay", async () => {
    const taskId = await newTask(alice);
    const { id, key } = await newKey();
    const response = await upgrade(key, taskId);
    const ws = response.webSocket;
    if (!ws) throw new Error("refused");
    const closed = new Promise<number>((resolve) => {
      ws.addEventListener("close", ({ code }) => resolve(code));
    });
    ws.accept();
    expect((await call(alice, "DELETE", `/api-keys/${id}`)).status).toBe(204);
    expect(await closed).toBe(4401);
    expect((await as(key, "GET", "/tasks")).status).toBe(401);
    expect((await call(alice, "DELETE", `/api-keys/${id}`)).status).toBe(404);
  });

  it("[V5] revoked at another isolate is kept here for some seconds, and no longer", async () => {
    const { id, key } = await newKey();
    expect((await as(key, "GET", "/tasks")).status).toBe(200);
    await env.DB.prepare("DELETE FROM api_keys WHERE id = ?").bind(id).run();
    expect((await as(key, "GET", "/tasks")).status).toBe(200);
    await expect.poll(async () => (await as(key, "GET", "/tasks")).status).toBe(401);
  });

  it("of someone else can't be revoked", async () => {
    const { id } = await newKey();
    expect((await call(newUser(), "DELETE", `/api-keys/${id}`)).status).toBe(404);
  });
});

describe("what is refused", () => {
  it.each<[string, object, number]>([
    ["a scope that the caller doesn't hold", { name: "a", scopes: ["admin"] }, 403],
    ["no scope", { name: "a", scopes: [] }, 400],
    ["an unknown scope", { name: "a", scopes: ["root"] }, 400],
    ["no name", { scopes: ["read"] }, 400],
    ["a time in the past", { name: "a", scopes: ["read"], expiresAt: "2020-01-01T00:00:00Z" }, 400],
    ["a time that is none", { name: "a", scopes: ["read"], expiresAt: "tomorrow" }, 400],
  ])("%s", async (_name, body, status) => {
    expect((await call(alice, "POST", "/api-keys", body)).status).toBe(status);
  });

  it("a key may grant what it holds itself and no more", async () => {
    const { key } = await newKey();
    expect((await as(key, "POST", "/api-keys", { name: "b", scopes: ["read"] })).status).toBe(201);
    expect((await as(key, "POST", "/api-keys", { name: "b", scopes: ["admin"] })).status).toBe(403);
  });

  it("the fifty-first key", async () => {
    for (let i = 0; i < 50; i++) await newKey();
    const response = await call(alice, "POST", "/api-keys", { name: "x", scopes: ["read"] });
    expect(response.status).toBe(409);
  });

  it("[V6] but not where one of them has expired, which makes way", async () => {
    const old = await newKey();
    for (let i = 1; i < 50; i++) await newKey();
    await env.DB.prepare("UPDATE api_keys SET expires_at = '2026-01-01T00:00:00.000Z' WHERE id = ?")
      .bind(old.id)
      .run();
    const { id } = await newKey();
    const listed = await (await call(alice, "GET", "/api-keys?limit=200")).text();
    expect([listed.includes(id), listed.includes(old.id)]).toEqual([true, false]);
    const more = await call(alice, "POST", "/api-keys", { name: "x", scopes: ["read"] });
    expect(more.status).toBe(409);
  });
});
