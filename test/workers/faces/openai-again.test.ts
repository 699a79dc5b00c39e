import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { call, newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const AGAIN = { "X-Stainless-Retry-Count": "1" };
const response = z.looseObject({
  id: z.string(),
  status: z.string(),
  output: z.array(z.looseObject({ type: z.string(), id: z.string() })),
});

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});
afterEach(() => {
  control.clockAheadMs = 0;
});

async function ask(method: string, path: string, body?: object, headers = {}) {
  const token = await tokenOf({ sub: alice });
  const answer = await exports.default.fetch(`${ORIGIN}/openai/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect(answer.status, text).toBe(200);
  return JSON.parse(text) as unknown;
}

const respond = async (body: object, headers = {}) =>
  response.parse(await ask("POST", "/responses", body, headers));

describe("[OA4] a request that a client makes again by itself", () => {
  it("is the same in a conversation that begins with more than a page", async () => {
    const items = Array.from({ length: 300 }, (_, i) => ({
      role: i % 2 === 0 ? "user" : "assistant",
      content: `no. ${i}`,
    }));
    const { id: conversation } = z
      .looseObject({ id: z.string() })
      .parse(await ask("POST", "/conversations", { items }));
    const body = { conversation, input: "and now?", background: true };
    const one = await respond(body);
    expect((await respond(body, AGAIN)).id).toBe(one.id);
  });

  it("is the same for as long as it is answered, and a minute more", async () => {
    control.clockAheadMs = -2 * 60_000;
    const body = { input: "think long", background: true };
    const one = await respond(body);
    const attempt = await model.attempt(1);
    expect((await respond(body, AGAIN)).id).toBe(one.id);
    control.clockAheadMs = 0;
    attempt.say("Done.");
    attempt.finish();
    const status = async () => response.parse(await ask("GET", `/responses/${one.id}`)).status;
    await expect.poll(status).toBe("completed");
    expect((await respond(body, AGAIN)).id).toBe(one.id);
    expect(model.attempts).toHaveLength(1);
  });

  it("gives a person's word once", async () => {
    const member = { role: "a", botRef: "system/assistant", requireConfirmation: true };
    const spec = { collaboration: "solo", members: [member] };
    await call(alice, "POST", "/teams", { metadata: { name: "careful" }, spec });
    const waits = await respond({ model: `${alice}/careful`, input: "go" });
    const [asked] = waits.output.filter(({ type }) => type === "mcp_approval_request");
    const word = { approval_request_id: asked?.id, approve: true };
    const input = [{ type: "mcp_approval_response", ...word }];
    const body = { previous_response_id: waits.id, input, background: true };
    expect((await respond(body)).id).toBe(waits.id);
    await model.attempt(1);
    expect((await respond(body, AGAIN)).id).toBe(waits.id);
  });
});

describe("a response's message", () => {
  it("is told also where something else has taken its place", async () => {
    const { id } = await respond({ input: "the first words", background: true });
    const attempt = await model.attempt(1);
    attempt.say("Well.");
    attempt.finish();
    const status = async () => response.parse(await ask("GET", `/responses/${id}`)).status;
    await expect.poll(status).toBe("completed");
    const items = z.looseObject({
      data: z.array(z.looseObject({ id: z.string(), content: z.unknown() })),
    });
    const asked = async () => items.parse(await ask("GET", `/responses/${id}/input_items`)).data;
    const [message] = await asked();
    const taskId = `task_${id.split("_")[1]}`;
    const path = `/tasks/${taskId}/messages/${message?.id}/edit`;
    const edited = await call(alice, "POST", path, { content: "other words" });
    expect(edited.status, await edited.clone().text()).toBeLessThan(300);
    expect(await asked()).toEqual([message]);
  });
});

describe("[OA5] items of a conversation that a client keeps itself", () => {
  it("may be those that a response was made of", async () => {
    const items = [
      { role: "user", content: "One?" },
      { type: "reasoning", id: "rs_1", summary: [], content: [] },
      { type: "mcp_call", id: "mcp_1", name: "look", arguments: "{}", output: "1" },
      {
        ...{ type: "message", id: "msg_1", role: "assistant", status: "completed" },
        content: [{ type: "output_text", text: "One.", annotations: [], logprobs: [] }],
      },
    ];
    await respond({ input: [...items, { role: "user", content: "Two?" }], background: true });
    const { context, input } = (await model.attempt(1)).request;
    expect(context.map(({ role, content }) => [role, content])).toEqual([
      ["user", "One?"],
      ["assistant", "One."],
    ]);
    expect(input).toBe("Two?");
    const made = await ask("POST", "/conversations", { items });
    const { id } = z.looseObject({ id: z.string() }).parse(made);
    const kept = z
      .looseObject({ data: z.array(z.looseObject({ role: z.string() })) })
      .parse(await ask("GET", `/conversations/${id}/items?order=asc`));
    expect(kept.data.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  it("may have files, which the first answer gets with its question", async () => {
    const note = { filename: "note.txt", file_data: "data:text/plain;base64,c2l4IG8nY2xvY2s=" };
    const content = [
      { type: "input_text", text: "See the note" },
      { type: "input_file", ...note },
    ];
    const items = [
      { role: "user", content },
      { role: "assistant", content: "I see." },
    ];
    const made = await ask("POST", "/conversations", { items });
    const { id: conversation } = z.looseObject({ id: z.string() }).parse(made);
    await respond({ conversation, input: "When is it?", background: true });
    const { context } = (await model.attempt(1)).request;
    expect(context.map(({ content: words }) => words)).toEqual(["See the note", "I see.", ""]);
    expect(context.at(-1)?.attachments).toMatchObject([{ name: "note.txt" }]);
  });

  it("are refused with a file that is none, and nothing is kept of them", async () => {
    const token = await tokenOf({ sub: alice });
    const content = [{ type: "input_image", image_url: "https://example.com/a.png" }];
    const answer = await exports.default.fetch(`${ORIGIN}/openai/v1/conversations`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify({ items: [{ role: "user", content }] }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { param: "items.0.content.0.image_url", code: "invalid_request" },
    });
    const tasks = await (await call(alice, "GET", "/tasks")).json();
    expect(tasks).toMatchObject({ items: [] });
  });
});

describe("a list in a query", () => {
  it("may come in the brackets that clients write", async () => {
    const { id } = await respond({ input: "hello", background: true });
    const include = "include[]=message.output_text.logprobs&include[]=reasoning.encrypted_content";
    expect(response.parse(await ask("GET", `/responses/${id}?${include}`)).id).toBe(id);
  });
});
