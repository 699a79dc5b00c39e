import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { freePort } from "../../scripts/free-port";
import { killAll, processes, treeOf } from "../../scripts/process-table";
import { Command } from "../support/command";
import { DevServer } from "../support/dev-server";
import type {} from "../support/shared-servers";
import { until } from "../support/until";

const SECRET = "printed-token-secret-printed-token-secret";

describe("a running server", () => {
  let server: DevServer;
  beforeAll(async () => {
    server = await DevServer.start({
      asScript: true,
      bundle: inject("shared").bundles.production,
      vars: { AUTH_JWT_SECRET: SECRET, ALLOW_PRIVATE_TARGETS: "false" },
    });
  });
  afterAll(() => server.stop());

  it("says that it is well", async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect(response.status).toBe(200);
  });

  it("serves the console, which may load nothing from elsewhere, at every address of its pages", async () => {
    const response = await fetch(`${server.url}/`);
    const page = await response.text();
    expect(page).toContain('<div id="app"></div>');
    const headers = { accept: "text/html,*/*;q=0.8" };
    const other = await fetch(`${server.url}/tasks/task_1/logs`, { headers });
    expect(await other.text()).toBe(page);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const { headers } of [response, other]) {
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).not.toContain("unsafe");
    }
    for (const [, path] of page.matchAll(/(?:src|href)="(\/[^"]*)"/g)) {
      expect((await fetch(`${server.url}${path}`)).status, path).toBe(200);
    }
  });

  it.each(["/v1/models", "/.well-known/nothing.json", "/tasks/task_1/logs"])(
    "answers a program that asks for %s with a problem, not with a page",
    async (path) => {
      const response = await fetch(`${server.url}${path}`);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
    },
  );

  it("prints its address and one link, whose token it accepts: signed with the secret given", async () => {
    await until("the welcome", () => server.output.includes("Ctrl-C stops the server."));
    expect(server.output).toContain(`Taskroom runs at ${server.url}`);
    const links = [
      ...server.output.matchAll(/^ {2}(http:.*)\/#token=(ey[\w-]+\.[\w-]+\.[\w-]+)$/gm),
    ];
    expect(links).toHaveLength(1);
    const [, origin, token] = links[0] ?? [];
    expect(origin).toBe(server.url);
    const list = (bearer: string | undefined) =>
      fetch(`${server.url}/api/v1/tasks`, { headers: { authorization: `Bearer ${bearer}` } });
    expect((await list(token)).status).toBe(200);
    expect((await list(`${token}x`)).status).toBe(401);
  });

  it("keeps to itself what wrangler says: its tables, its warnings, a line for each request", async () => {
    await fetch(`${server.url}/healthz`);
    expect(server.output).not.toMatch(/WARNING|bindings|GET \/|env\.|"level":"info"/);
  });

  it("has the settings it is given: no webhook goes to a private address where that is not allowed", async () => {
    const headers = {
      authorization: `Bearer ${await server.token("bob")}`,
      "content-type": "application/json",
    };
    const post = (url: string) => {
      const body = JSON.stringify({ url, events: ["task:status"] });
      return fetch(`${server.url}/api/v1/webhooks`, { method: "POST", headers, body });
    };
    const refused = ["http://127.0.0.1:9/", "https://127.0.0.1/", "https://10.0.0.1/"];
    for (const url of [...refused, "https://[::1]/"]) {
      const response = await post(url);
      expect([url, response.status]).toEqual([url, 400]);
    }
    expect((await post("https://example.com/")).status).toBe(201);
  });

  it("loses no turn that is watched when the rooms' runtime dies: the same turn, the next attempt", async () => {
    const token = await server.token("alice");
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const tasks = `${server.url}/api/v1/tasks`;
    const made = await fetch(tasks, { method: "POST", headers, body: "{}" });
    const { id } = (await made.json()) as { id: string };
    const args = ["--url", server.url, "--token", token, "--task", id, "--once", "/slow Hello"];
    const run = Command.script("chat", args);
    await run.says("## Hello");
    await server.killRuntime();
    await run.says("connection lost, reconnecting…");
    expect(await run.end()).toBe(0);
    expect(run.stderr).toContain("connected again");
    expect(run.stdout).toMatch(/\[attempt 2: the answer starts again\]\n## Hello from the demo/);
    expect(run.stdout).toMatch(/in a message\.\n$/);
    const turns: unknown = await (await fetch(`${tasks}/${id}/turns`, { headers })).json();
    expect(turns).toMatchObject({ items: [{ status: "COMPLETED" }] });
  });

  it("ends with the stdin of whoever starts it as a part of their own work, and keeps its data and its address", async () => {
    const headers = { authorization: `Bearer ${await server.token("alice")}` };
    const body = JSON.stringify({ title: "Kept" });
    const made = await fetch(`${server.url}/api/v1/tasks`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
    });
    expect(made.status).toBe(201);
    expect(await server.down()).toBe(0);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    await server.restart();
    const kept = await fetch(`${server.url}${made.headers.get("location")}`, { headers });
    expect(await kept.json()).toMatchObject({ title: "Kept" });
  });

  // Last: the server is gone afterwards.
  it("ends, and leaves no runtime behind, when its wrangler is killed", async () => {
    const isWrangler = ({ command }: { command: string }) => / \S*cli\.js dev /.test(command);
    const wranglers = server.processes.filter(isWrangler);
    expect(wranglers).toHaveLength(1);
    killAll(wranglers);
    await until("everything has ended", () => server.processes.length === 0);
  });
});

describe("starting and stopping", () => {
  const scratch = mkdtempSync(join(tmpdir(), "taskroom-serve-"));
  let blocker: Server | undefined;
  let command: Command | undefined;
  afterEach(() => {
    blocker?.close();
    killAll(treeOf(command?.child.pid ?? -1));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** What wrangler bundled before; where its bundler is not what a test is about. */
  const bundled = [inject("shared").bundles.production, "--no-bundle", "--config", "wrangler.toml"];

  it("says clearly that a port is in use", async () => {
    const port = await freePort();
    blocker = createServer().listen(port, "localhost");
    command = Command.script("serve", ["--port", String(port), "--persist-to", scratch]);
    expect(await command.end()).toBe(1);
    expect(command.stderr).toContain(`Port ${port} cannot be used: another program listens there`);
  });

  it.each([
    // SIGTERM and SIGHUP are heard by the same ear.
    ["SIGINT", bundled],
    // Nobody tells the bundler's process that it must end.
    ["SIGKILL", []],
  ] as const)("leaves no process behind when npm gets %s", async (signal, worker) => {
    const port = await freePort();
    const place = ["--port", String(port), "--inspector-port", "0", "--persist-to", scratch];
    const options = [...place, ...(signal === "SIGINT" ? ["--verbose"] : [])];
    const isFirst = !existsSync(join(scratch, "v3"));
    const run = new Command("npm", ["run", "dev", "--", ...worker, ...options]);
    command = run;
    await run.says("Ctrl-C stops the server.", 240_000);
    expect(run.stdout.includes("env.TASK_ROOM")).toBe(options.includes("--verbose"));
    expect(run.stdout.includes("Applying the migrations")).toBe(isFirst);
    const tree = treeOf(run.child.pid ?? -1);
    expect(tree.some(({ command: text }) => text.includes("/workerd "))).toBe(true);
    run.child.kill(signal);
    await run.end(15_000);
    const left = () => processes().filter(({ pid }) => tree.some((item) => item.pid === pid));
    await until("everything has ended", () => left().length === 0);
  });

  it.each(["http"])("refuses --port %s", async (port) => {
    command = Command.script("serve", ["--port", port]);
    expect(await command.end()).toBe(1);
    expect(command.stderr).toContain("is not a port");
  });

  it("passes on a failure of wrangler", async () => {
    const options = [
      "--port",
      String(await freePort()),
      "--persist-to",
      scratch,
      "--no-such-option",
    ];
    command = Command.script("serve", options);
    expect(await command.end()).not.toBe(0);
    expect(command.stdout + command.stderr).toContain("Unknown arguments: such-option");
  });

  it("does not deploy without a database", async () => {
    command = Command.script("deploy");
    expect(await command.end()).toBe(1);
    expect(command.stderr).toContain("npx wrangler d1 create taskroom");
  });

  it("says which database another environment lacks", async () => {
    command = Command.script("deploy", ["--env", "staging"]);
    expect(await command.end()).toBe(1);
    expect(command.stderr).toContain("npx wrangler d1 create taskroom-staging");
    expect(command.stderr).toContain("npm run deploy -- --env staging");
  });

  // All that is tested of the production bundle was left by such a rehearsal.
  it("rehearses a deployment with the options given", () => {
    const { production, rehearsal } = inject("shared").bundles;
    expect(rehearsal).toContain("--dry-run");
    expect(existsSync(production)).toBe(true);
  });
});
