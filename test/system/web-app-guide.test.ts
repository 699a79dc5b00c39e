import { mkdtempSync, rmSync } from "node:fs";
import { get, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, afterEach, describe, expect, inject, it } from "vitest";
import { freePort } from "../../scripts/free-port";
import { guide } from "../support/guide";
import { Server } from "../support/server";
import { newUser } from "../support/visitor";

const server = new Server(inject("shared").production);
const root = mkdtempSync(join(tmpdir(), "taskroom-web-app-"));
let vite: ViteDevServer | undefined;

afterEach(async () => {
  await vite?.close();
  vite = undefined;
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What has no answer by then is left without one. */
const LEFT_ALONE_MS = 20_000;

type Proxy = { ws?: boolean; changeOrigin?: boolean };

/** A development server of a page, with such a proxy; the page's origin. */
async function page(proxy: Proxy): Promise<string> {
  const port = await freePort();
  vite = await createServer({
    root,
    configFile: false,
    logLevel: "silent",
    server: { port, proxy: { "/api/v1": { target: server.url, ...proxy } } },
  });
  await vite.listen();
  return `http://localhost:${port}`;
}

/** What a page of this origin is answered when it opens a socket there; nothing where that goes nowhere. */
async function upgrade(origin: string): Promise<number | undefined> {
  const token = await server.token(newUser("alice"));
  const headers = {
    ...{ connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
    ...{ "sec-websocket-key": Buffer.from(crypto.randomUUID().slice(0, 16)).toString("base64") },
    "sec-websocket-protocol": `taskroom.v1, taskroom.bearer.${token}`,
    origin,
  };
  return new Promise((resolve) => {
    const asked = get(`${origin}/api/v1/user/notifications`, { headers });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asked.on("error", () => resolve(undefined));
    asked.setTimeout(LEFT_ALONE_MS, () => asked.destroy());
  });
}

/** The same over REST, with the origin that browsers send with what changes something. */
async function post(origin: string, path: string): Promise<number | undefined> {
  const token = await server.token(newUser("alice"));
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", origin };
  return new Promise((resolve, fail) => {
    const asked = request(`${origin}/api/v1${path}`, { method: "POST", headers });
    asked.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on("error", fail);
    asked.end("{}");
  });
}

describe("a page behind Vite's proxy", () => {
  it("needs no origin on the list where the proxy keeps its host", async () => {
    const origin = await page({ ws: true });
    expect(await upgrade(origin)).toBe(101);
    expect(await post(origin, "/tasks")).toBe(201);
  });

  it("has REST and no sockets where the proxy changes the host", async () => {
    const origin = await page({ ws: true, changeOrigin: true });
    expect(await post(origin, "/tasks")).toBe(201);
    expect(await upgrade(origin)).toBe(403);
    // What the client asks to learn why.
    expect(await post(origin, "/sessions")).toBe(403);
  });

  it("has REST and no sockets without `ws`", async () => {
    const origin = await page({});
    expect(await post(origin, "/tasks")).toBe(201);
    expect(await upgrade(origin)).toBeUndefined();
  });

  it("is set up as the guide has it, and as the examples are", () => {
    const said = guide("web-app.md");
    expect(said).toContain('"/api/v1": { target: "http://localhost:8787", ws: true }');
  });
});
