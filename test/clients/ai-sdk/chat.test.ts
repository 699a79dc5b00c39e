import type { UIMessage } from "ai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { askingTeam } from "../../support/asking-team";
import { FlakyRoad } from "../../support/flaky-road";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import { answer, finish, gate, hang, round, status, text, wait } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import { chatOf, isAt, type Place, shows, textOf, toolsOf, type Way } from "./chat-of";

const server = new Server(inject("shared").production);

let tools: McpServer;
let alice: WireUser;
const calls: unknown[] = [];

beforeAll(async () => {
  tools = await startMcpServer([
    {
      name: "weather",
      call: (args) => {
        calls.push(args);
        return { text: "rain" };
      },
    },
  ]);
  alice = await WireUser.of(server, "alice-with-use-chat");
});
afterAll(() => tools.close());

/** A model of its own with a tool that asks first, and where the chat is to go. */
async function stage(): Promise<{ model: ModelServer; place: Place }> {
  const model = await startModelServer();
  const team = await askingTeam(alice, model, tools);
  return { model, place: { url: server.url, token: await server.token(alice.name), team } };
}

describe.each<Way>(["HTTP", "a socket"])("the AI SDK's chat over %s", (way) => {
  it("sends, and shows the answer as one message with the turn's id", async () => {
    const { model, place } = await stage();
    model.script(answer("It ", "rains."));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "the weather?" });
    expect(chat.error).toBeUndefined();
    expect(chat.messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
    expect(textOf(chat.messages[1])).toBe("It rains.");
    const { id, metadata } = chat.messages[1] ?? {};
    expect(metadata).toMatchObject({ turnId: id, status: "COMPLETED", usage: { outputTokens: 2 } });
    const kept = await fetch(`${place.url}/ai-sdk/chat/${chat.id}/messages`, {
      headers: { Authorization: `Bearer ${place.token}` },
    });
    const { messages } = z.object({ messages: z.array(z.unknown()) }).parse(await kept.json());
    expect(messages[1]).toMatchObject({
      id,
      role: "assistant",
      parts: chat.messages[1]?.parts.map(({ type }) => ({ type })),
    });
    await model.close();
  });

  it("regenerates the last answer, an earlier one with all that followed, and one that failed", async () => {
    const { model, place } = await stage();
    const words = ["one", "two", "three", "four"];
    model.script(...words.map((word) => answer(word)), status(400), answer("at last"));
    const chat = chatOf(way, place);
    const kept = async () => {
      const response = await fetch(`${place.url}/ai-sdk/chat/${chat.id}/messages`, {
        headers: { Authorization: `Bearer ${place.token}` },
      });
      const page = z.object({ messages: z.array(z.looseObject({ id: z.string() })) });
      return page.parse(await response.json()).messages.map(({ id }) => id);
    };
    await chat.sendMessage({ text: "count" });
    await chat.regenerate();
    expect(chat.messages.map(textOf)).toEqual(["count", "two"]);
    expect(await kept()).toEqual([expect.any(String), chat.messages[1]?.id]);
    await chat.sendMessage({ text: "go on" });
    expect(chat.messages.map(textOf)).toEqual(["count", "two", "go on", "three"]);
    await chat.regenerate({ messageId: chat.messages[1]?.id ?? "" });
    expect(chat.messages.map(textOf)).toEqual(["count", "four"]);
    expect(await kept()).toHaveLength(2);
    expect(JSON.stringify(model.requests.at(-1)?.body)).not.toContain("go on");
    await chat.sendMessage({ text: "and then?" });
    expect(chat.status).toBe("error");
    await chat.regenerate();
    expect(textOf(chat.messages.at(-1))).toBe("at last");
    await model.close();
  });

  it("has an earlier answer made anew with the tools that it has itself", async () => {
    const { model, place } = await stage();
    model.script(...["one", "two", "three"].map((word) => answer(word)));
    const tools = [{ name: "where_am_i", inputSchema: { type: "object" } }];
    const chat = chatOf(way, place, { body: { tools } });
    await chat.sendMessage({ text: "count" });
    await chat.sendMessage({ text: "go on" });
    await chat.regenerate({ messageId: chat.messages[1]?.id ?? "" });
    expect(chat.messages.map(textOf)).toEqual(["count", "three"]);
    expect(JSON.stringify(model.requests.at(-1)?.body.tools)).toContain("where_am_i");
    await model.close();
  });

  it("edits a message, again and again under the id that the client has for it", async () => {
    const { model, place } = await stage();
    model.script(...["one", "two", "three", "four"].map((word) => answer(word)));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "count" });
    await chat.sendMessage({ text: "go on" });
    const messageId = chat.messages[0]?.id ?? "";
    await chat.sendMessage({ text: "zähle", messageId });
    expect(chat.messages.map(textOf)).toEqual(["zähle", "three"]);
    await chat.sendMessage({ text: "compte", messageId });
    expect(chat.messages.map(textOf)).toEqual(["compte", "four"]);
    const body = JSON.stringify(model.requests.at(-1)?.body);
    expect(body).toContain("compte");
    for (const word of ["count", "go on", "zähle"]) expect(body).not.toContain(word);
    await model.close();
  });

  it("loses the connection in mid-stream, comes back, and has the text whole and once", async () => {
    const { model, place } = await stage();
    const [middle, end] = [gate(), gate()];
    model.script([text("one "), wait(middle), text("two "), wait(end), text("three"), finish()]);
    const road = await FlakyRoad.to(place.url);
    const chat = chatOf(way, { ...place, url: road.url });
    const sent = chat.sendMessage({ text: "count" });
    await shows(chat, "one");
    road.cut();
    await sent;
    await isAt(chat, "error");
    middle.open();
    const resumed = chat.resumeStream();
    await shows(chat, "two");
    end.open();
    await resumed;
    expect(chat.status).toBe("ready");
    expect(chat.messages).toHaveLength(2);
    expect(textOf(chat.messages[1])).toBe("one two three");
    await road.close();
    await model.close();
  });

  it("stops the turn at its provider", async () => {
    const { model, place } = await stage();
    model.script([text("on and on"), hang]);
    const chat = chatOf(way, place);
    const sent = chat.sendMessage({ text: "never end" });
    await shows(chat, "on and");
    const request = await model.request(1);
    if (way === "HTTP") {
      const headers = { Authorization: `Bearer ${place.token}` };
      await fetch(`${place.url}/ai-sdk/chat/${chat.id}/stop`, { method: "POST", headers });
    } else await chat.stop();
    await request.aborted;
    await sent;
    expect(textOf(chat.messages[1])).toBe("on and on");
    await chat.resumeStream();
    expect(chat.status).toBe("ready");
    await model.close();
  });

  it("a second chat of the same id shows the turn that the first began", async () => {
    const { model, place } = await stage();
    const end = gate();
    model.script([text("both "), wait(end), text("see it"), finish()]);
    const first = chatOf(way, place);
    const sent = first.sendMessage({ text: "hello" });
    await shows(first, "both");
    const second = chatOf(way, place, { id: first.id });
    const seen = second.resumeStream();
    await shows(second, "both");
    end.open();
    await Promise.all([sent, seen]);
    expect(second.messages).toEqual([first.messages[1]]);
    expect(textOf(first.messages[1])).toBe("both see it");
    await model.close();
  });

  it("a new attempt takes back what the first had said", async () => {
    const { model, place } = await stage();
    model.script([text("wrong words"), { do: "reset" }], answer("right ", "words"));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "hello" });
    expect(textOf(chat.messages[1])).toBe("right words");
    await model.close();
  });

  it("a tool that a person allows is called, and the answer goes on in the same message", async () => {
    const { model, place } = await stage();
    model.script(round("I look. ", "weather", { place: "Zürich" }), answer("It rains."));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "the weather?" });
    const [asked] = toolsOf(chat.messages[1]);
    expect(asked).toMatchObject({ state: "approval-requested", input: { place: "Zürich" } });
    const before = calls.length;
    chat.addToolApprovalResponse({ id: asked?.approval?.id ?? "", approved: true });
    await shows(chat, "It rains.");
    await isAt(chat, "ready");
    expect(calls.slice(before)).toEqual([{ place: "Zürich" }]);
    expect(toolsOf(chat.messages[1])).toMatchObject([
      { state: "output-available", output: "rain" },
    ]);
    expect(textOf(chat.messages[1])).toMatch(/^I look\.\s+It rains\.$/);
    expect(chat.messages).toHaveLength(2);
    await model.close();
  });

  it("a tool that a person refuses is not called, and the model is told", async () => {
    const { model, place } = await stage();
    model.script(round("", "weather", { place: "Zürich" }), answer("Then not."));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "the weather?" });
    const [asked] = toolsOf(chat.messages[1]);
    const before = calls.length;
    const id = asked?.approval?.id ?? "";
    chat.addToolApprovalResponse({ id, approved: false, reason: "too dear" });
    await shows(chat, "Then not.");
    expect(calls).toHaveLength(before);
    expect(toolsOf(chat.messages[1])).toMatchObject([{ state: "output-denied" }]);
    expect(JSON.stringify(model.requests[1]?.body)).toContain("too dear");
    await model.close();
  });

  it("a tool of the client's own is made by the client, and the turn goes on with what it gave", async () => {
    const { model, place } = await stage();
    model.script(round("", "where_am_i", {}), answer("You are in Bern."));
    const clientTools = [{ name: "where_am_i", inputSchema: { type: "object" } }];
    const chat = chatOf(way, place, {
      body: { tools: clientTools },
      onToolCall: ({ toolCall }) => {
        const { toolCallId, toolName: tool, dynamic } = toolCall;
        expect(dynamic).toBeUndefined();
        void chat.addToolOutput({ tool, toolCallId, output: { city: "Bern" } });
      },
    });
    await chat.sendMessage({ text: "where am I?" });
    await shows(chat, "Bern");
    await isAt(chat, "ready");
    expect(toolsOf(chat.messages[1])).toMatchObject([
      { type: "tool-where_am_i", state: "output-available", output: { city: "Bern" } },
    ]);
    expect(JSON.stringify(model.requests[1]?.body)).toContain("Bern");
    expect(model.requests).toHaveLength(2);
    await model.close();
  });

  it("answers that a client does not send by itself go along with what is said next", async () => {
    const { model, place } = await stage();
    model.script(
      round("", "where_am_i", {}),
      answer("You are in Bern."),
      round("", "weather", { place: "Bern" }),
      answer("It rains."),
      answer("You are welcome."),
    );
    const tools = [{ name: "where_am_i", inputSchema: { type: "object" } }];
    const chat = chatOf(way, place, { body: { tools }, sendsAnswers: false });
    await chat.sendMessage({ text: "where am I?" });
    const [mine] = toolsOf(chat.messages[1]);
    await chat.addToolOutput({
      ...{ tool: "where_am_i", toolCallId: mine?.toolCallId ?? "", output: { city: "Bern" } },
    });
    await chat.sendMessage({ text: "and the weather there?" });
    const [asked] = toolsOf(chat.messages[3]);
    const before = calls.length;
    await chat.addToolApprovalResponse({ id: asked?.approval?.id ?? "", approved: true });
    await chat.sendMessage({ text: "thank you" });
    expect(textOf(chat.messages[5])).toBe("You are welcome.");
    expect(calls.slice(before)).toEqual([{ place: "Bern" }]);
    const [, located, , told] = model.requests.map(({ body }) => JSON.stringify(body));
    expect(located).toContain("Bern");
    expect(told).toContain("rain");
    await model.close();
  });

  it("edits and answers anew in a fork, where no turn is of what was said before", async () => {
    const { model, place } = await stage();
    const words = ["one", "two", "three", "four"];
    model.script(...words.map((word) => answer(word)));
    const source = chatOf(way, place);
    await source.sendMessage({ text: "count" });
    await source.sendMessage({ text: "go on" });
    const { taskId } = z.looseObject({ taskId: z.string() }).parse(source.messages[1]?.metadata);
    const forked = await alice.call("POST", `/tasks/${taskId}/fork`, {});
    const { id } = z.looseObject({ id: z.string() }).parse(await forked.json());
    const headers = { Authorization: `Bearer ${place.token}` };
    const kept = async () => {
      const page = await fetch(`${place.url}/ai-sdk/chat/${id}/messages`, { headers });
      const { messages } = z.object({ messages: z.array(z.unknown()) }).parse(await page.json());
      return messages as UIMessage[];
    };
    const chat = chatOf(way, place, { id, messages: await kept() });
    expect(chat.messages.map(textOf)).toEqual(["count", "one", "go on", "two"]);
    await chat.regenerate();
    expect(chat.error).toBeUndefined();
    expect((await kept()).map(textOf)).toEqual(["count", "one", "go on", "three"]);
    const messageId = chat.messages[0]?.id ?? "";
    await chat.sendMessage({ text: "zähle", messageId });
    expect(chat.error).toBeUndefined();
    expect((await kept()).map(textOf)).toEqual(["zähle", "four"]);
    await model.close();
  });

  it("a turn that fails says so in words of ours, and keeps what was said", async () => {
    const { model, place } = await stage();
    model.script(status(400, {}, { error: { message: "secret words" } }));
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "hello" });
    expect(chat.status).toBe("error");
    expect(chat.error?.message).toMatch(/\w/);
    expect(chat.error?.message).not.toContain("secret words");
    await model.close();
  });

  it("what is refused is said in words, and nothing is stored of it", async () => {
    const { model, place } = await stage();
    const chat = chatOf(way, place);
    await chat.sendMessage({
      text: "hello",
      files: [{ type: "file", mediaType: "image/png", url: "data:," }],
    });
    expect(chat.error?.message).toContain("messages.0.parts.0: the bytes are no image/png");
    const listed = await alice.call("GET", `/tasks?key=ui:${chat.id}`);
    expect(await listed.json()).toMatchObject({ items: [] });
    chat.messages = [];
    await chat.sendMessage({ text: " \u200b" });
    expect(chat.error?.message).toContain("blank");
    await model.close();
  });
});

describe("over a socket", () => {
  it("resuming anew stops nothing: the client gives up its last stream in the words of a stop", async () => {
    const { model, place } = await stage();
    const end = gate();
    model.script([text("still "), wait(end), text("here"), finish()]);
    const first = chatOf("a socket", place);
    const sent = first.sendMessage({ text: "hello" });
    await shows(first, "still");
    const second = chatOf("a socket", place, { id: first.id });
    void second.resumeStream();
    await shows(second, "still");
    const again = second.resumeStream();
    await until("the second stream has begun", () => second.status === "streaming");
    // Longer than the server waits before it takes the words for a stop.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    end.open();
    await Promise.all([sent, again]);
    expect(textOf(first.messages[1])).toBe("still here");
    expect(textOf(second.messages.at(-1))).toBe("still here");
    await model.close();
  });
});
