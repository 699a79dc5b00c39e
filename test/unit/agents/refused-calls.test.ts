import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withClientTools } from "../../../src/agents/tools/client-tools";
import type { DoneRound, StepRequest } from "../../../src/resources/step";
import {
  answer,
  finish,
  done as over,
  round,
  type Script,
  status,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { joined, modelAt, outputsOf, settingsFor, stepFor } from "./step";

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer();
});
afterAll(() => server.close());

const look = { name: "look", inputSchema: { type: "object" } };
const call = (more: object = {}) => ({
  ...{ index: 0, toolCallId: "call_1", name: "look", input: { q: "x" }, isMade: true },
  ...{ output: "seen" },
  ...more,
});
const looked = (...calls: object[]): DoneRound =>
  ({
    round: 0,
    text: "I look.",
    calls: calls.map((one, index) => call({ index, ...one })),
  }) as DoneRound;

async function heard(scripts: Script[], changes: Partial<StepRequest>) {
  const before = server.requests.length;
  server.script(...scripts);
  const outputs = await outputsOf(stepFor(modelAt(server.url), changes), {
    settings: settingsFor(server.url),
  });
  const bodies = server.requests.slice(before).map(({ body }) => body);
  return { outputs, end: outputs.at(-1), text: joined(outputs, "text"), bodies };
}

const messagesOf = (body: unknown) =>
  (body as { messages: { role: string; [field: string]: unknown }[] }).messages;
const roles = (body: unknown) => messagesOf(body).map(({ role }) => role);

describe("[T5] a conversation that the provider refuses with its calls of tools", () => {
  const asked = { rounds: [looked({})], clientTools: [look] };

  it.each<[string, Script]>([
    ["as it is", status(400, {}, { error: { message: "tools must be defined" } })],
    ["as one that cannot be processed", status(422, {}, { detail: "x" })],
    [
      "for a field of it",
      status(400, {}, { error: { message: "Unknown parameter", param: "messages[2].reasoning" } }),
    ],
  ])("is told in words, and goes on without further calls: refused %s", async (_, refusal) => {
    const { end, text, bodies, outputs } = await heard([refusal, answer("Found it.")], asked);
    expect(text).toBe("I look.\n\nFound it.".slice("I look.".length));
    expect(end).toMatchObject({ type: "finish", finishReason: "stop" });
    expect(roles(bodies[0])).toContain("tool");
    expect(roles(bodies[1])).toEqual(["system", "user", "assistant", "user"]);
    expect(JSON.stringify(bodies[1])).toContain("seen");
    expect(bodies[1]).not.toHaveProperty("tools");
    expect(outputs).toContainEqual(
      expect.objectContaining({
        type: "log",
        level: "warn",
        message: expect.stringMatching(/in words/),
      }),
    );
  });

  it("fails as it was refused where it is refused in words too", async () => {
    const first = status(400, {}, { error: { message: "x", param: "messages" } });
    const { end, bodies } = await heard([first, status(500)], asked);
    expect(end).toMatchObject({ type: "failure", code: "model_rejected", httpStatus: 400 });
    expect(bodies).toHaveLength(2);
  });

  it("has no call made that is asked for without any on offer", async () => {
    const { end, outputs } = await heard([status(400), round("", "look", { q: "y" })], asked);
    expect(end).toMatchObject({ type: "failure", code: "model_rejected" });
    expect(outputs.filter(({ type }) => type === "round" || type === "tool-call")).toEqual([]);
  });

  it.each<[string, Script]>([
    ["a key", status(401)],
    ["an address", status(404)],
    ["a quota", status(402)],
  ])("is not asked again for what is no fault of it: %s", async (_, refusal) => {
    const { bodies } = await heard([refusal], asked);
    expect(bodies).toHaveLength(1);
  });
});

describe("[T5] calls are given back as providers take them", () => {
  it.each<[string, string, string]>([
    ["with dots and blanks", "functions.look up", "functions_look_up"],
    ["with no name", "", "tool"],
    ["longer than any", "x".repeat(100), "x".repeat(64)],
    ["as it was offered", "look-up_2", "look-up_2"],
  ])("a name %s", async (_, name, sent) => {
    const { bodies } = await heard([answer("ok")], { rounds: [looked({ name })] });
    expect(JSON.stringify(bodies[0])).toContain(`"function":{"name":"${sent}"`);
  });

  const past = (more: object): Partial<StepRequest> => ({
    clientTools: [look],
    context: [
      { role: "user", content: "look" },
      {
        ...{ role: "assistant", content: "Then." },
        uses: [{ ...call(), round: 0, textOffset: 0, ...more }],
      },
    ],
  });

  it.each<[string, object, unknown]>([
    ["an object", {}, { q: "x" }],
    [
      "the beginning of a longer one",
      { input: '{"q":"xx […cut]', cut: true },
      { beginning: '{"q":"xx […cut]' },
    ],
    ["no JSON", { input: '{"q":' }, { beginning: '{"q":' }],
    ["a list", { input: ["x"] }, {}],
    ["nothing", { input: null }, {}],
  ])("arguments of an earlier turn are an object: %s", async (_, more, input) => {
    const model = { provider: "anthropic" as const, model: "claude-sonnet-4-5" };
    const before = server.requests.length;
    server.script(status(401));
    await outputsOf(stepFor(modelAt(server.url, model), past(more)), {
      settings: settingsFor(server.url),
    });
    const body = JSON.parse(JSON.stringify((await server.request(before + 1)).body));
    const used = body.messages.flatMap(({ content }: { content: { type: string }[] }) =>
      content.filter(({ type }) => type === "tool_use"),
    );
    expect(used).toEqual([expect.objectContaining({ name: "look", input })]);
  });

  it("an answer that ended with a tool's is told as one: a user's message does not follow a result", async () => {
    const changes = past({});
    const [first, second] = changes.context ?? [];
    const context = [first, { ...second, content: "" }] as StepRequest["context"];
    const { bodies } = await heard([answer("ok")], { ...changes, context });
    const said = roles(bodies[0]);
    expect(said.slice(1)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  });

  it("a text of white space beside a call is none", async () => {
    const { bodies } = await heard([answer("ok")], { rounds: [{ ...looked({}), text: " \n" }] });
    expect(messagesOf(bodies[0])[2]).toMatchObject({ role: "assistant", content: null });
  });
});

describe("halves of characters, which a tool or a model has cut", () => {
  it("do not reach a provider: as an escape they make most refuse the whole request", async () => {
    const { bodies } = await heard([answer("ok")], {
      input: "cut \ud83d here, whole \ud83d\ude00, and \\ud83d in words",
      rounds: [looked({ output: "\udc00!" })],
    });
    expect(messagesOf(bodies[0])[1]?.content).toBe(
      "cut \ufffd here, whole \ud83d\ude00, and \\ud83d in words",
    );
    expect(messagesOf(bodies[0])[3]).toMatchObject({ role: "tool", content: "\ufffd!" });
  });

  it("lose no call in its arguments", async () => {
    const said: Script = [
      {
        do: "delta",
        delta: {
          tool_calls: [
            { index: 0, id: "c", function: { name: "look", arguments: '{"q":"\\ud83d"}' } },
          ],
        },
      },
      finish("tool_calls"),
      over,
    ];
    const { outputs, end } = await heard([said], { clientTools: [look] });
    expect(outputs).toContainEqual(
      expect.objectContaining({ type: "tool-call", input: { q: "\ufffd" } }),
    );
    expect(end).toEqual({ type: "wait" });
  });
});

describe("[A8] an answer of nothing behind the calls of tools", () => {
  const asked = { rounds: [looked({})], clientTools: [look] };
  const nothing: Script = [finish(), over];

  it("is asked for once more", async () => {
    const { text, end, bodies } = await heard([nothing, answer("Found it.")], asked);
    expect(text).toContain("Found it.");
    expect(end).toMatchObject({ type: "finish" });
    expect(bodies).toHaveLength(2);
  });

  it("ends the turn with what was said before, where there is no more", async () => {
    const { end, bodies } = await heard([nothing, nothing], asked);
    expect(end).toMatchObject({ type: "finish", finishReason: "stop" });
    expect(bodies).toHaveLength(2);
  });
});

it("[T5] no more tools are offered than providers take, a client's among them", () => {
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) => ({ ...look, name: `${prefix}${n}`, annotations: {} }));
  const box = {
    ...{ tools: named("a", 100), tokens: 0 },
    ...{ call: () => Promise.reject(), leaveOut: () => undefined, close: () => undefined },
  };
  const warned: string[] = [];
  const client = named("b", 64).map(({ name, inputSchema }) => ({ name, inputSchema }));
  const { tools } = withClientTools(box, client, (message) => warned.push(message));
  expect(tools.map(({ name }) => name)).toEqual(
    [...named("a", 100), ...named("b", 28)].map(({ name }) => name),
  );
  expect(warned).toEqual(["There is no room for more tools: the client's b28 and on."]);
});
