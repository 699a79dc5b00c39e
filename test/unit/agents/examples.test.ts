import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { freePort } from "../../../scripts/free-port";
import { systemFinder } from "../../../src/agents/team/finder";
import { resolveTeam } from "../../../src/agents/team/resolve";
import type { Ref } from "../../../src/protocol/refs";
import type { Find, Resource, ResourceKind, ResourceOf } from "../../../src/resources/resource";
import { botSpec, shellSpec, teamSpec } from "../../../src/resources/specs";
import { digestIn } from "../../support/content-id";
import { agentOutputs, privateAllowed, SECRET, sealedSecret } from "./agent-step";
import { joined } from "./step";

const ROOT = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

/** Runs an example as a process of its own, as a user does; gives its address. */
async function start(file: string, env: Record<string, string> = {}): Promise<string> {
  const port = await freePort();
  const PATH = process.env.PATH ?? "";
  const child = spawn("node", [join(ROOT, file)], {
    env: { PATH, PORT: String(port), ...env },
    stdio: "ignore",
  });
  running.push(child);
  const url = `http://127.0.0.1:${port}`;
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${file} ended`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return url;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}

describe("the agent of the guide", () => {
  const guide = read("docs/bring-your-own-agent.md");
  const [, code = ""] = /```js\n([\s\S]*?)```/.exec(guide) ?? [];

  it("is the example, has fewer than 40 lines and no packages", () => {
    expect(code).toBe(read("examples/echo-agent.mjs"));
    expect(code.trimEnd().split("\n").length).toBeLessThan(40);
    for (const [, from] of code.matchAll(/from "(.*)"/g)) expect(from).toMatch(/^node:/);
  });

  it.each([
    ["without a secret", {}, {}],
    ["with the shell's secret", { AGENT_SECRET: SECRET }, { secret: sealedSecret }],
  ])("streams progress, a log, chunks and a result: %s", async (_, env, runtime) => {
    const url = await start("examples/echo-agent.mjs", env);
    const outputs = await agentOutputs(url, { input: "how are you?" }, runtime);
    expect(joined(outputs, "text")).toBe("You asked: how are you?");
    expect(outputs[0]).toEqual({ type: "log", level: "info", message: "Deploy: attempt 1 begins" });
    const percents = outputs.flatMap((item) =>
      item.type === "progress" ? item.percentComplete : [],
    );
    expect(percents).toEqual([20, 40, 60, 80, 100]);
    expect(outputs.at(-1)).toMatchObject({
      ...{ type: "finish", output: "You asked: how are you?", data: { words: 5 } },
    });
  });

  it.each([
    ["unsigned", {}],
    ["signed with another secret", { secret: { from: "sealed", sealed: "sealed:whsec_bm8=" } }],
  ] as const)("refuses a request that is %s", async (_, runtime) => {
    const url = await start("examples/echo-agent.mjs", { AGENT_SECRET: SECRET });
    const outputs = await agentOutputs(url, {}, runtime);
    expect(outputs).toEqual([expect.objectContaining({ code: "agent_rejected" })]);
  });

  it("outlives a client that stops and a body that is none", async () => {
    const url = await start("examples/echo-agent.mjs");
    const stop = new AbortController();
    const stopped = agentOutputs(url, { input: "word ".repeat(1000) }, {}, stop.signal);
    setTimeout(() => stop.abort(), 200);
    expect((await stopped).at(-1)).not.toMatchObject({ type: "finish" });
    await fetch(url, { method: "POST", body: "no JSON" }).catch(() => undefined);
    expect((await agentOutputs(url)).at(-1)).toMatchObject({ type: "finish" });
  });
});

const deployed = z.object({ url: z.string(), cid: z.string() });
const page = "<!doctype html>\n<title>Fuchs & Bär 🦊</title>\n<p>Es war einmal …</p>\n";

function written(content: string) {
  return [
    { role: "assistant" as const, phase: "story", content: "```html\n<p>An early draft</p>\n```" },
    { role: "assistant" as const, phase: "code", content },
  ];
}

async function deploy(url: string, content: string) {
  const outputs = await agentOutputs(`${url}/deploy`, { context: written(content) });
  const last = outputs.at(-1);
  if (last?.type !== "finish") throw new Error(JSON.stringify(last));
  return deployed.parse(last.data);
}

describe("the deploy agent", () => {
  it("serves the newest page under the content id of its very bytes", async () => {
    const url = await start("examples/deploy-agent.mjs");
    const made = await deploy(url, `Here it is.\n\n\`\`\`html\n${page}\`\`\`\n\nCheck it by hand.`);
    expect(made.cid).toMatch(/^bafkrei[a-z2-7]{52}$/);
    expect(made.url).toContain(made.cid);
    const answer = await fetch(made.url);
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect(new TextDecoder().decode(bytes)).toBe(page);
    expect(digestIn(made.cid)).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("gives the same page the same address, another one another", async () => {
    const url = await start("examples/deploy-agent.mjs");
    const once = await deploy(url, page);
    expect(await deploy(url, `\`\`\`html\n${page}\`\`\``)).toEqual(once);
    expect((await deploy(url, `${page}<!-- v2 -->`)).cid).not.toBe(once.cid);
  });

  it("invents nothing where there is no page, and is not asked again", async () => {
    const url = await start("examples/deploy-agent.mjs");
    const outputs = await agentOutputs(`${url}/deploy`, { input: "A page, please.", context: [] });
    expect(outputs).toEqual([
      {
        ...{ type: "failure", code: "agent_unavailable", retryable: false },
        message: "There is no HTML code block to deploy.",
      },
    ]);
    expect((await fetch(`${url}/bafkreinothing`)).status).toBe(404);
  });
});

type Named = { metadata: { name: string; displayName: string } };

function resource<const Kind extends ResourceKind, Item extends Named>(kind: Kind, item: Item) {
  const dated = { namespace: "me", resourceVersion: "1", createdAt: "", updatedAt: "" };
  return { ...item, kind, metadata: { ...item.metadata, ...dated } };
}

/** The user's own resources, and what is shipped. */
function finder(own: Resource[]): Find {
  const shipped = systemFinder(privateAllowed);
  return async <Kind extends ResourceKind>(kind: Kind, ref: Ref) =>
    own.find(
      (item): item is Resource & ResourceOf<Kind> =>
        item.kind === kind && item.metadata.name === ref.name && ref.namespace === "me",
    ) ?? shipped(kind, ref);
}

describe("the deploy team", () => {
  const metadata = z.object({ name: z.string(), displayName: z.string() });
  const file = z.object({
    shells: z.array(z.object({ metadata, spec: shellSpec })),
    bots: z.array(z.object({ metadata, spec: botSpec })),
    teams: z.array(z.object({ metadata, spec: teamSpec })),
  });

  it("is made of valid resources that resolve to a pipeline ending with the agent", async () => {
    const text = read("examples/deploy-team.json").replaceAll("USER", "me");
    const { shells, bots, teams } = file.parse(JSON.parse(text));
    const own = [
      ...shells.map((item) => resource("Shell", item)),
      ...bots.map((item) => resource("Bot", item)),
      ...teams.map((item) => resource("Team", item)),
    ];
    const team = await resolveTeam(
      { namespace: "me", name: "story-to-site" },
      finder(own),
      privateAllowed,
    );
    if (!team.ok) throw new Error(team.refusal.message);
    expect(team.value.members.map(({ role }) => role)).toEqual([
      "story",
      "asset",
      "code",
      "deploy",
    ]);
    expect(team.value.members.at(-1)?.agent.runtime).toMatchObject({
      ...{ runtime: "http", url: "http://127.0.0.1:9100/deploy" },
    });
  });
});
