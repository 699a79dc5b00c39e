import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { newId } from "../../../src/protocol/ids";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { agentOf, type Person, person, say } from "./people";

const server = new Server(inject("shared").production);

let models: ModelServer;
let eve: Person;
let other: Person;

beforeAll(async () => {
  models = await startModelServer();
  [eve, other] = [
    await person(server, "eve-of-bad-input", models),
    await person(server, "another-of-bad-input", models),
  ];
});

afterAll(() => models.close());

const user = (content: unknown = "Hello") => ({ id: "m1", role: "user", content });
const tool = (toolCallId: string) => ({ id: "t1", role: "tool", toolCallId, content: "blue" });
const good = () => ({ threadId: crypto.randomUUID(), runId: "run-1", messages: [user()] });
const ghost = `call_${"0".repeat(26)}_${"0".repeat(26)}_0_0_pick`;
const asked = JSON.stringify([`turn_${"0".repeat(26)}`, "assistant"]);
const yes = { approved: true };

function post(path: string, body: object | string, token = eve.token): Promise<Response> {
  return fetch(`${eve.url}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const refusal = z.looseObject({ message: z.string(), code: z.string() });

describe("[AG6] what is refused before a run starts", () => {
  it.each<[string, object, number, RegExp]>([
    ["no thread", { threadId: undefined }, 400, /threadId/],
    ["a thread's name that is too long", { threadId: "x".repeat(196) }, 400, /threadId/],
    ["a run without a name", { runId: "" }, 400, /runId/],
    ["no message", { messages: [] }, 400, /messages/],
    [
      "a last message of an assistant's",
      { messages: [{ ...user(), role: "assistant" }] },
      400,
      /role/,
    ],
    [
      "a message of an unknown role",
      { messages: [{ ...user(), role: "boss" }] },
      400,
      /messages\.0\.role/,
    ],
    ["a message that is blank", { messages: [user(" \u200b")] }, 400, /messages\.0\.content/],
    ["a message that is too long", { messages: [user("x".repeat(32_001))] }, 400, /content/],
    ["a message that is a number", { messages: [user(7)] }, 400, /messages\.0\.content/],
    [
      "a picture that is nowhere",
      { messages: [user([{ type: "image" }])] },
      400,
      /source: not data/,
    ],
    ["a widget", { messages: [user([{ type: "widget" }])] }, 400, /"widget" can't be sent/],
    ["text that is none", { messages: [user([{ type: "text", text: 1 }])] }, 400, /not text/],
    ["state", { state: { color: "blue" } }, 400, /state: not taken/],
    ["a tool with a bad name", { tools: [{ name: "no way", parameters: {} }] }, 400, /tools/],
    ["a tool twice", { tools: [{ name: "a" }, { name: "a" }] }, 400, /tools/],
    ["a result of no call", { messages: [user(), tool("call_1")] }, 400, /messages\.1\.toolCallId/],
    ["a result in no thread", { messages: [user(), tool(ghost)] }, 404, /no such thread/],
    [
      "an answer to nothing",
      { resume: [{ interruptId: "x", status: "resolved" }] },
      400,
      /resume\.0/,
    ],
    [
      "an answer that is none",
      { resume: [{ interruptId: asked, status: "resolved", payload: "perhaps" }] },
      400,
      /resume\.0\.payload/,
    ],
    [
      "an answer in no thread",
      { resume: [{ interruptId: asked, status: "resolved", payload: yes }] },
      404,
      /no such thread/,
    ],
    ["a history that is too long", { messages: Array(502).fill(user()) }, 400, /messages/],
    ["a task that is not there", { threadId: newId("task", Date.now()) }, 404, /./],
  ])("%s", async (_name, part, status, words) => {
    const response = await post(`/ag-ui/${eve.team}`, { ...good(), ...part });
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(refusal.parse(await response.json()).message).toMatch(words);
  });

  it("a body that is no JSON", async () => {
    expect((await post(`/ag-ui/${eve.team}`, "{")).status).toBe(400);
  });

  it("a team that is not there, or not one's own", async () => {
    for (const team of ["system/nobody", other.team]) {
      const response = await post(`/ag-ui/${team}`, good());
      expect([response.status, team]).toEqual([404, team]);
    }
    expect((await post("/copilotkit/agent/nobody/run", good())).status).toBe(404);
  });

  it("another's task, and a thread of another team", async () => {
    const threadId = await other.user.newTask();
    for (const path of [`/ag-ui/${eve.team}`, "/copilotkit/agent/system%2Fassistant/connect"]) {
      expect((await post(path, { ...good(), threadId })).status).toBe(404);
    }
    const own = await eve.user.newTask();
    const response = await post(`/ag-ui/${eve.team}`, { ...good(), threadId: own });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("system/assistant");
  });

  it("the same run with other words", async () => {
    const first = good();
    const begun = await post(`/ag-ui/${eve.team}`, first);
    await begun.text();
    const again = await post(`/ag-ui/${eve.team}`, { ...first, messages: [user("Other")] });
    expect([begun.status, again.status]).toEqual([200, 409]);
  });

  it("nobody, and who may only read", async () => {
    const nobody = await post(`/ag-ui/${eve.team}`, good(), "x");
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get("www-authenticate")).toContain("invalid_token");
    expect((await post("/ag-ui/not-there", {}, "x")).status).toBe(401);
    expect((await post("/copilotkit", {}, eve.token)).status).toBe(404);
  });
});

it("[AG6] the client shows the words of a refusal", async () => {
  const agent = agentOf(eve, { initialState: { color: "blue" } });
  say(agent, "Hello");
  await expect(agent.runAgent()).rejects.toThrow(/HTTP 400.*state: not taken/);
});
