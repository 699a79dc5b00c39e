import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import {
  answer,
  errorInside,
  gate,
  hang,
  round,
  status,
  text,
  thinking,
  wait,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { toolTeam } from "../../support/tool-team";
import { type Person, person } from "./people";

const server = new Server(inject("shared").production);
const WORDS = ["Grüße", ", ", "it rains 🌧", " in Zürich."];
const ALL = WORDS.join("");

let models: ModelServer;
let tools: McpServer;
let ada: Person;

beforeAll(async () => {
  models = await startModelServer();
  tools = await startMcpServer([
    { name: "weather", call: () => ({ text: "rain" }) },
    { name: "broken", call: () => ({ isError: true, text: "out of order" }) },
  ]);
  ada = await person(server, "ada-with-responses", models);
});

afterAll(async () => {
  await models.close();
  await tools.close();
});

type Events = ResponseStreamEvent[];

async function all(events: AsyncIterable<ResponseStreamEvent>): Promise<Events> {
  const told: Events = [];
  for await (const event of events) told.push(event);
  return told;
}

/** What a reader of the bare events has of each item's text. */
function texts(events: Events): Map<string, string> {
  const items = new Map<string, string>();
  for (const event of events) {
    if (event.type !== "response.output_text.delta") continue;
    items.set(event.item_id, (items.get(event.item_id) ?? "") + event.delta);
  }
  return items;
}

function lastOf(events: Events) {
  const last = events.at(-1);
  if (!last || !("response" in last)) throw new Error("the stream has no end");
  return last.response;
}

/** Plays one answer by both of the client's ways to stream: the helper, which checks, and the bare events. */
async function played(model: string, input: string, script: () => void) {
  script();
  const helper = ada.client.responses.stream({ model, input });
  const helped: Events = [];
  helper.on("event", (event) => helped.push(event));
  const final = await helper.finalResponse();
  script();
  const bare = await all(await ada.client.responses.create({ model, input, stream: true }));
  return { final, helped, bare };
}

describe("a response is streamed to its end", () => {
  it("of a plain answer", async () => {
    const { final, helped, bare } = await played(ada.model, "plain", () =>
      models.script(answer(...WORDS)),
    );
    expect(final).toMatchObject({ status: "completed", output_text: ALL, model: ada.model });
    expect(final.usage).toMatchObject({ input_tokens: 10, output_tokens: 4, total_tokens: 14 });
    expect(helped[0]?.type).toBe("response.created");
    expect([...texts(bare).values()]).toEqual([ALL]);
    expect(lastOf(bare)).toMatchObject({ status: "completed" });
    const numbers = bare.map((event) => ("sequence_number" in event ? event.sequence_number : -1));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  });

  it("of an attempt that fails in mid-stream and is made again: the first part is void", async () => {
    const { final, bare } = await played(ada.model, "retried", () =>
      models.script(
        [text("Half an ans"), errorInside({ message: "overloaded" })],
        answer(...WORDS),
      ),
    );
    expect(final).toMatchObject({ status: "completed", output_text: ALL });
    expect(final.output).toHaveLength(1);
    const done = bare.filter(({ type }) => type === "response.output_item.done");
    expect(done).toMatchObject([
      { item: { type: "message", status: "incomplete" } },
      { item: { type: "message", status: "completed" } },
    ]);
    expect([...texts(bare).values()].at(-1)).toBe(ALL);
  });

  it("of one that is stopped", async () => {
    models.script([text("So far"), hang]);
    const helper = ada.client.responses.stream({ model: ada.model, input: "stop me" });
    let id = "";
    helper.on("response.created", ({ response }) => {
      id = response.id;
    });
    helper.on("response.output_text.delta", () => void ada.client.responses.cancel(id));
    const final = await helper.finalResponse();
    expect(final).toMatchObject({ status: "cancelled", output_text: "So far" });
    const read = await ada.client.responses.retrieve(final.id);
    expect(read).toMatchObject({ status: "cancelled", output_text: "So far" });
  });

  it("of one that fails", async () => {
    const { final, bare } = await played(ada.model, "fails", () =>
      models.script(status(400, {}, { error: { message: "secret" } })),
    );
    expect(final).toMatchObject({ status: "failed", error: { code: "model_rejected" } });
    expect(JSON.stringify(final)).not.toContain("secret");
    expect(bare.at(-1)?.type).toBe("response.failed");
  });

  it("of one that thinks and uses tools", async () => {
    const model = await toolTeam(ada.user, models, { outside: { url: tools.url } });
    const { final, bare } = await played(model, "tool", () =>
      models.script(
        [thinking("Where?"), ...round("I look it up.", "weather", { place: "Zürich" })],
        round("", "broken", {}),
        answer(...WORDS),
      ),
    );
    expect(final.status).toBe("completed");
    expect(final.output).toMatchObject([
      { type: "reasoning", content: [{ text: "Where?" }] },
      { type: "message", content: [{ text: "I look it up." }] },
      { type: "mcp_call", name: "weather", arguments: '{"place":"Zürich"}', output: "rain" },
      { type: "mcp_call", name: "broken", status: "failed", error: { content: [{}] } },
      { type: "message" },
    ]);
    expect(final.output_text).toBe(`I look it up.\n\n${ALL}`);
    expect(lastOf(bare).output).toEqual(
      lastOf(bare).output.map((item) => ({ ...item, id: expect.any(String) })),
    );
  });
});

describe("a response in the background", () => {
  it("is gone on with after every event, and by the helper, to the same text", async () => {
    const [first, second] = [gate(), gate()];
    const more = WORDS.map(text);
    models.script([
      ...more.slice(0, 2),
      wait(first),
      ...more.slice(2),
      wait(second),
      ...answer("!"),
    ]);
    const begun = await ada.client.responses.create({
      model: ada.model,
      input: "in the background",
      background: true,
    });
    expect(begun).toMatchObject({ status: "queued", output: [] });
    const unbroken = await ada.client.responses.retrieve(begun.id, { stream: true });
    const told: Events = [];
    const follow = (async () => {
      for await (const event of unbroken) told.push(event);
    })();
    await first.reached;
    const soon = await ada.client.responses.retrieve(begun.id);
    expect(soon.status).toBe("in_progress");
    first.open();
    await second.reached;
    second.open();
    await follow;
    const whole = `${ALL}!`;
    expect([...texts(told).values()]).toEqual([whole]);
    for (const [i, event] of told.entries()) {
      if (!("sequence_number" in event)) continue;
      const after = { stream: true, starting_after: event.sequence_number } as const;
      const rest = await all(await ada.client.responses.retrieve(begun.id, after));
      const both = [...told.slice(0, i + 1), ...rest];
      expect([...texts(both).values()], event.type).toEqual([whole]);
      expect(lastOf(rest)).toEqual(lastOf(told));
    }
    const helper = ada.client.responses.stream({ response_id: begun.id, starting_after: 5 });
    expect((await helper.finalResponse()).output_text).toBe(whole);
    expect(await ada.client.responses.retrieve(begun.id)).toMatchObject({ output_text: whole });
  });

  it("in the midst of a word is gone on with from there", async () => {
    models.script(answer("abcdef 🌧🌧 ghi"));
    const done = await ada.client.responses.create({ model: ada.model, input: "once" });
    const told = await all(await ada.client.responses.retrieve(done.id, { stream: true }));
    const delta = told.find(({ type }) => type === "response.output_text.delta");
    if (delta?.type !== "response.output_text.delta") throw new Error("nothing is said");
    const last = delta.sequence_number - delta.delta.length + 3;
    const after = { stream: true, starting_after: last } as const;
    const rest = await all(await ada.client.responses.retrieve(done.id, after));
    expect([...texts(rest).values()]).toEqual(["def 🌧🌧 ghi"]);
  });
});

describe("a conversation", () => {
  it("is gone on with by its last response, or by its own id, and listed", async () => {
    models.respond(({ body }) => answer(`${body.messages?.length} messages`));
    const one = await ada.client.responses.create({
      model: ada.model,
      input: [
        { role: "developer", content: "Be short." },
        { role: "user", content: "One" },
        { role: "assistant", content: "1" },
        { role: "user", content: [{ type: "input_text", text: "Two" }] },
      ],
      metadata: { topic: "numbers" },
    });
    expect(one).toMatchObject({ output_text: "4 messages", metadata: { topic: "numbers" } });
    const two = await ada.client.responses.create({
      input: "Three",
      previous_response_id: one.id,
      metadata: { n: "3" },
    });
    expect(two).toMatchObject({ output_text: "6 messages", previous_response_id: one.id });
    expect(two.conversation).toEqual(one.conversation);
    const conversation = two.conversation?.id ?? "";
    const three = await ada.client.responses.create({ input: "Four", conversation });
    expect(three.output_text).toBe("8 messages");
    const read = await ada.client.responses.retrieve(two.id);
    expect(read).toMatchObject({ previous_response_id: one.id, metadata: { n: "3" } });
    const asked = await ada.client.responses.inputItems.list(two.id);
    expect(asked.data).toMatchObject([{ role: "user", content: [{ text: "Three" }] }]);

    const said: string[] = [];
    const page = { order: "asc", limit: 2 } as const;
    for await (const item of ada.client.conversations.items.list(conversation, page)) {
      if (item.type === "message")
        said.push(item.content.map((p) => ("text" in p ? p.text : "")).join());
    }
    const expected = ["Be short.", "One", "1", "Two", "4 messages", "Three", "6 messages"];
    expect(said).toEqual([...expected, "Four", "8 messages"]);
    const newest = await ada.client.conversations.items.list(conversation, { limit: 1 });
    expect(newest.data).toMatchObject([{ role: "assistant", content: [{ text: "8 messages" }] }]);

    await expect(
      ada.client.responses.create({ input: "fork", previous_response_id: one.id }),
    ).rejects.toMatchObject({ status: 400, param: "previous_response_id" });
    await expect(ada.client.responses.delete(two.id)).rejects.toMatchObject({ status: 409 });
    await ada.client.conversations.delete(conversation);
    await expect(ada.client.responses.retrieve(two.id)).rejects.toMatchObject({ status: 404 });
  });

  it("may be made before anything is said in it, with what was said elsewhere", async () => {
    models.respond(({ body }) => answer(`${body.messages?.length} messages`));
    const made = await ada.client.conversations.create({
      items: [
        { role: "user", content: "Before" },
        { role: "assistant", content: "Was it?" },
      ],
      metadata: { team: ada.model, topic: "made" },
    });
    expect(await ada.client.conversations.retrieve(made.id)).toMatchObject({
      object: "conversation",
      metadata: { topic: "made" },
    });
    const { output_text, model } = await ada.client.responses.create({
      input: "Now",
      conversation: { id: made.id },
    });
    expect([output_text, model]).toEqual(["4 messages", ada.model]);
  });

  it("that is one response goes with it", async () => {
    models.script(answer("gone"));
    const one = await ada.client.responses.create({ model: ada.model, input: "delete me" });
    await ada.client.responses.delete(one.id);
    await expect(ada.client.responses.retrieve(one.id)).rejects.toMatchObject({ status: 404 });
  });
});

it("a call that needs approval ends the stream, and the answer goes on once it has it", async () => {
  const approval = { outside: { url: tools.url, approval: "always" } };
  const bob = await person(server, "bob-with-approvals", models);
  const model = await toolTeam(bob.user, models, approval);
  models.script(round("May I?", "weather", { place: "Zürich" }), answer(...WORDS));
  const asked = await bob.client.responses.stream({ model, input: "ask me" }).finalResponse();
  expect(asked).toMatchObject({
    status: "incomplete",
    incomplete_details: { reason: "waiting_for_approval" },
  });
  const request = asked.output.find(({ type }) => type === "mcp_approval_request");
  expect(request).toMatchObject({ name: "weather", arguments: '{"place":"Zürich"}' });
  const answered = bob.client.responses.stream({
    previous_response_id: asked.id,
    input: [
      {
        type: "mcp_approval_response",
        approval_request_id: request?.id ?? "",
        approve: true,
      },
    ],
  });
  const final = await answered.finalResponse();
  expect(final).toMatchObject({ id: asked.id, status: "completed" });
  expect(final.output_text).toBe(`May I?\n\n${ALL}`);
  expect(final.output.find(({ type }) => type === "mcp_call")).toMatchObject({ output: "rain" });
});
