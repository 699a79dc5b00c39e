import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { says } from "../../support/room-turns";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const KEY = "sk-own-0123456789";
const HEADER = "Bearer mcp-0123456789";
let alice: string;

beforeEach(() => {
  alice = newUser();
  control.model = undefined;
});
afterEach(() => vi.restoreAllMocks());

async function put(collection: string, name: string, spec: object, method = "POST") {
  const path = method === "POST" ? `/${collection}` : `/${collection}/${alice}/${name}`;
  const response = await call(alice, method, path, { metadata: { name }, spec });
  expect([response.status, await response.clone().text()]).toEqual([
    method === "POST" ? 201 : 200,
    expect.any(String),
  ]);
  const { metadata } = z
    .looseObject({ metadata: z.looseObject({ resourceVersion: z.string() }) })
    .parse(await response.json());
  return metadata.resourceVersion;
}

const MODEL = {
  provider: "openai-compatible",
  model: "own-model",
  baseUrl: "https://models.example/v1",
  apiKey: KEY,
  parameters: { temperature: 0.3, maxOutputTokens: 500, topP: 0.9, reasoningEffort: "low" },
};

/** A team with a ghost, a model and a bot of the user's own. */
async function ownTeam(model: object = MODEL): Promise<Record<string, string>> {
  const mine = (name: string) => `${alice}/${name}`;
  return {
    Ghost: await put("ghosts", "pirate", { systemPrompt: "You are a pirate." }),
    Model: await put("models", "own", model),
    Bot: await put("bots", "pirate", {
      ghostRef: mine("pirate"),
      modelRef: mine("own"),
      parameters: { temperature: 0.7 },
    }),
    Team: await put("teams", "pirates", {
      collaboration: "solo",
      members: [{ role: "pirate", botRef: mine("pirate") }],
    }),
  };
}

type Sent = { url: string; headers: Headers; body: unknown };

/** Answers every request for a model, and notes it. */
function modelServer(): Sent[] {
  const sent: Sent[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input instanceof Request ? input : String(input), init ?? {});
    sent.push({ url: request.url, headers: request.headers, body: await request.json() });
    const chunk = (choice: object) =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "own-model", choices: [{ index: 0, ...choice }] })}\n\n`;
    const text =
      chunk({ delta: { role: "assistant", content: "Arr." }, finish_reason: null }) +
      chunk({ delta: {}, finish_reason: "stop" });
    return new Response(`${text}data: [DONE]\n\n`, {
      headers: { "content-type": "text/event-stream" },
    });
  });
  return sent;
}

/** Everything that the room's storage holds. */
async function roomText(taskId: string): Promise<string> {
  return runInDurableObject(env.TASK_ROOM.getByName(taskId), (_room, { storage }) => {
    const tables = storage.sql
      .exec(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'",
      )
      .toArray();
    return JSON.stringify(
      tables.map(({ name }) => storage.sql.exec(`SELECT * FROM "${String(name)}"`).toArray()),
    );
  });
}

const turnWithResources = z.looseObject({ metadata: z.looseObject({}) });

describe("a team of one's own", () => {
  it("reaches the provider with every field of ghost, model and bot, and with the key", async () => {
    await ownTeam();
    const sent = modelServer();
    const taskId = await newTask(alice, { teamRef: `${alice}/pirates` });
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "Ahoy" });
    await client.frames.next(says("task:status", "COMPLETED"));
    expect(client.frames.state?.messages.at(-1)?.content).toBe("Arr.");
    expect(sent).toHaveLength(1);
    const [request] = sent;
    expect(request?.url).toBe("https://models.example/v1/chat/completions");
    expect(request?.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(request?.body).toMatchObject({
      model: "own-model",
      temperature: 0.7,
      max_tokens: 500,
      top_p: 0.9,
      reasoning_effort: "low",
      messages: [
        { role: "system", content: "You are a pirate." },
        { role: "user", content: "Ahoy" },
      ],
    });
    const heard = JSON.stringify(client.frames.all);
    for (const text of [heard, await roomText(taskId)]) expect(text).not.toContain(KEY);
  });

  it("sends headers opened to its agent and keeps them sealed in the room", async () => {
    await put("shells", "agent", {
      runtime: "http",
      url: "https://agent.example/run",
      headers: { Authorization: HEADER },
    });
    await put("bots", "remote", {
      ghostRef: "system/assistant",
      shellRef: `${alice}/agent`,
    });
    await put("teams", "remote", {
      collaboration: "solo",
      members: [{ role: "remote", botRef: `${alice}/remote` }],
    });
    const fetched = vi
      .spyOn(globalThis, "fetch")
      .mockImplementation(async () => Response.json({ output: "done" }));
    const taskId = await newTask(alice, { teamRef: `${alice}/remote` });
    const client = await RoomClient.join(alice, taskId);
    await client.ask("chat:send", { content: "go" });
    await client.frames.next(says("task:status", "COMPLETED"));
    const headers = new Headers(fetched.mock.calls[0]?.[1]?.headers);
    expect(headers.get("authorization")).toBe(HEADER);
    expect(await roomText(taskId)).not.toContain(HEADER);
  });

  it("a running turn keeps what it began with, the next one has what is new, both say which", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    const before = await ownTeam();
    const taskId = await newTask(alice, { teamRef: `${alice}/pirates` });
    const client = await RoomClient.join(alice, taskId);
    const metadata = { sentBy: "a test" };
    await client.ask("chat:send", { content: "one", metadata });
    const first = await model.attempt(1);
    const ghost = await put("ghosts", "pirate", { systemPrompt: "You are a poet." }, "PUT");
    const key = await put("models", "own", { ...MODEL, apiKey: "sk-other" }, "PUT");
    expect(first.request.config.systemPrompt).toBe("You are a pirate.");
    await client.ask("chat:send", { content: "two", metadata });
    first.finish();
    const second = await model.attempt(2);
    expect(second.request.config.systemPrompt).toBe("You are a poet.");
    expect(second.request.config.model.key).not.toEqual(first.request.config.model.key);
    const versionsOf = async (turnId: string) => {
      const response = await call(alice, "GET", `/tasks/${taskId}/turns/${turnId}`);
      return turnWithResources.parse(await response.json()).metadata;
    };
    const of = (ghostVersion = "", modelVersion = "") => ({
      sentBy: "a test",
      resources: {
        [`Team/${alice}/pirates`]: before.Team,
        [`Ghost/${alice}/pirate`]: ghostVersion,
        [`Model/${alice}/own`]: modelVersion,
        [`Bot/${alice}/pirate`]: before.Bot,
        "Shell/system/chat": "1",
      },
    });
    expect(await versionsOf(first.request.turnId)).toEqual(of(before.Ghost, before.Model));
    expect(await versionsOf(second.request.turnId)).toEqual(of(ghost, key));
    expect(client.frames.state?.openTurns[0]?.metadata).toEqual(of(ghost, key));
    second.finish();
    await client.frames.next(says("task:status", "COMPLETED"));
    await evictDurableObject(env.TASK_ROOM.getByName(taskId));
    expect(await versionsOf(first.request.turnId)).toEqual(of(before.Ghost, before.Model));
    expect(await versionsOf(second.request.turnId)).toEqual(of(ghost, key));
  });

  it("the resources of a task are its creator's, whoever sends", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    await ownTeam();
    const bob = newUser();
    const taskId = await newTask(alice, {
      teamRef: `${alice}/pirates`,
      members: [{ userId: bob, role: "editor" }],
    });
    const client = await RoomClient.join(bob, taskId);
    await client.ask("chat:send", { content: "one" });
    expect((await model.attempt(1)).request.config.bot).toBe(`${alice}/pirate`);
    const stolen = await call(bob, "POST", "/tasks", { teamRef: `${alice}/pirates` });
    expect([stolen.status, await stolen.json()]).toMatchObject([
      400,
      { code: "invalid_request", issues: [{ path: "teamRef" }] },
    ]);
  });

  it("that is deleted fails the next turn, and the room goes on", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    await ownTeam();
    const taskId = await newTask(alice, { teamRef: `${alice}/pirates` });
    const client = await RoomClient.join(alice, taskId);
    expect((await call(alice, "DELETE", `/teams/${alice}/pirates`)).status).toBe(204);
    await client.ask("chat:send", { content: "one" });
    await client.frames.next(says("turn:status", "FAILED"));
    expect(model.attempts).toEqual([]);
  });

  it("too large for a room is refused before it gets there", async () => {
    const mine = (name: string) => `${alice}/${name}`;
    await put("ghosts", "novel", { systemPrompt: "x".repeat(32_000) });
    await put("bots", "novel", { ghostRef: mine("novel") });
    const members = Array.from({ length: 40 }, (_, i) => ({
      role: `r${i}`,
      botRef: mine("novel"),
    }));
    await put("teams", "library", { collaboration: "pipeline", members });
    const response = await call(alice, "POST", "/tasks", { teamRef: mine("library") });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { issues: [{ path: "teamRef" }] },
    ]);
  });
});

describe("without D1", () => {
  const rename = (from: string, to: string) =>
    env.DB.prepare(`ALTER TABLE ${from} RENAME TO ${to}`).run();
  afterEach(() => rename("away", "resources").catch(() => undefined));

  it("a room goes on with the team that it knows", async () => {
    const model = new ScriptedModel();
    control.model = model.callAgent;
    await ownTeam();
    const taskId = await newTask(alice, { teamRef: `${alice}/pirates` });
    const client = await RoomClient.join(alice, taskId);
    await rename("resources", "away");
    await client.ask("chat:send", { content: "one" });
    expect((await model.attempt(1)).request.config.systemPrompt).toBe("You are a pirate.");
  });

  it("a task begins with what ships; another team is unavailable, not missing", async () => {
    await rename("resources", "away");
    expect((await call(alice, "POST", "/tasks", {})).status).toBe(201);
    const own = await call(alice, "POST", "/tasks", { teamRef: `${alice}/pirates` });
    expect(own.status).toBe(503);
  });
});
