import { ChatOpenAI } from "@langchain/openai";
import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import {
  answer,
  errorInside,
  finish,
  gate,
  hang,
  status,
  text,
  thinking,
  wait,
} from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { listedTasks, listedTurns } from "../../support/task-list";
import { until } from "../../support/until";
import { type Person, person } from "./people";

const server = new Server(inject("shared").production);
const WORDS = ["Grüße", ", ", "it rains 🌧", " in Zürich."];
const ALL = WORDS.join("");

let models: ModelServer;
let eve: Person;

beforeAll(async () => {
  models = await startModelServer();
  eve = await person(server, "eve-who-chats", models);
});

afterAll(() => models.close());

const user = (content: string) => [{ role: "user" as const, content }];

type Pieces = AsyncIterable<OpenAI.ChatCompletionChunk>;

/** What a stream says before it ends, and why it broke off where it did. */
async function said(pieces: Pieces): Promise<{ text: string; error?: unknown }> {
  let words = "";
  try {
    for await (const { choices } of pieces) words += choices[0]?.delta.content ?? "";
    return { text: words };
  } catch (error) {
    return { text: words, error };
  }
}

function streamed(content: string): Promise<Pieces> {
  return eve.client.chat.completions.create({
    model: eve.model,
    messages: user(content),
    stream: true,
  });
}

describe("a chat completion", () => {
  it("is the answer to the last message, with all that was said before", async () => {
    models.script(answer(...WORDS));
    const before = models.requests.length;
    const done = await eve.client.chat.completions.create({
      model: eve.model,
      messages: [
        { role: "system", content: "Be short." },
        { role: "user", content: [{ type: "text", text: "One" }], name: "Eve" },
        { role: "assistant", content: "1" },
        ...user("Two"),
      ],
      temperature: 0.2,
      n: 1,
      user: "somebody",
      parallel_tool_calls: true,
    });
    expect(done).toMatchObject({
      object: "chat.completion",
      model: eve.model,
      choices: [{ message: { role: "assistant", content: ALL }, finish_reason: "stop" }],
      usage: { prompt_tokens: 10, completion_tokens: 4, total_tokens: 14 },
    });
    const sent = models.requests[before]?.body.messages ?? [];
    expect(sent.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(sent[0]?.content).toContain("Be short.");
    expect(await listedTasks(eve.user)).toEqual([]);
    expect(await listedTasks(eve.user, "ephemeral=true")).toHaveLength(1);
  });

  it("is streamed, and says what it cost where that is asked for", async () => {
    models.script(answer(...WORDS));
    const pieces: OpenAI.ChatCompletionChunk[] = [];
    const stream = await eve.client.chat.completions.create({
      model: eve.model,
      messages: user("stream"),
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const piece of stream) pieces.push(piece);
    expect(pieces.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(ALL);
    expect(pieces.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(pieces.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 14 } });
    expect(pieces.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    models.script(answer("helped"));
    const helper = eve.client.chat.completions.stream({ model: eve.model, messages: user("help") });
    expect(await helper.finalContent()).toBe("helped");
  });

  it("goes on in a task that is named, where only the last message counts", async () => {
    const task = await eve.user.newTask({ teamRef: eve.model });
    for (const words of ["first", "second"]) {
      models.script(answer(words));
      const { choices } = await eve.client.chat.completions.create({
        model: eve.model,
        messages: [...user("of no account"), ...user(words)],
        metadata: { task },
      });
      expect(choices[0]?.message.content).toBe(words);
    }
    const sent = models.requests.at(-1)?.body.messages ?? [];
    expect(sent.map(({ content }) => content).slice(1)).toEqual(["first", "first", "second"]);
  });
});

describe("what was sent can't be taken back", () => {
  const cut = (words: string) => [text(words), errorInside({ message: "overloaded" })];

  it("a new attempt writes on where it begins with the same words", async () => {
    models.script(cut(`${ALL.slice(0, 9)}`), answer(...WORDS));
    expect(await said(await streamed("same words"))).toEqual({ text: ALL });
  });

  it("else the stream ends with an error", async () => {
    const seen = gate();
    models.script([text("Other words"), wait(seen), errorInside({})], answer(...WORDS));
    const saying = said(await streamed("other words"));
    await seen.reached;
    seen.open();
    const { text: words, error } = await saying;
    expect(words).toBe("Other words");
    expect(error).toMatchObject({ code: "answer_replaced" });
  });

  it("where nothing is sent before the end, the last attempt is all", async () => {
    models.script(cut("Other words"), answer(...WORDS));
    const whole = await eve.client.chat.completions.create({
      model: eve.model,
      messages: user("whole"),
    });
    expect(whole.choices[0]?.message.content).toBe(ALL);
  });
});

it("a failure is an error, with a status or in the stream, and is not asked for again", async () => {
  const before = models.requests.length;
  const refusal = status(400, {}, { error: { message: "secret" } });
  models.script(refusal, refusal);
  const asked = eve.client.chat.completions.create({ model: eve.model, messages: user("fails") });
  await expect(asked).rejects.toMatchObject({ status: 502, code: "model_rejected" });
  const { error } = await said(await streamed("fails"));
  expect(error).toMatchObject({ code: "model_rejected" });
  expect(String(error)).not.toContain("secret");
  expect(models.requests.length).toBe(before + 2);
});

/** Begins an answer that never ends by itself, and goes away in the midst of it. */
async function left(content: string): Promise<number> {
  const before = models.requests.length;
  models.script([text("So far"), hang]);
  const pieces = await streamed(content);
  for await (const { choices } of pieces) if (choices[0]?.delta.content) break;
  const request = await models.request(before + 1);
  return request.aborted;
}

it("a client that goes away stops the answer", async () => {
  expect(await left("leave")).toBeGreaterThan(0);
});

describe("LangChain's ChatOpenAI", () => {
  const options = () => ({
    apiKey: eve.token,
    model: eve.model,
    configuration: { baseURL: eve.baseURL },
  });

  it.each([false, true])("asks and streams; by responses: %s", async (useResponsesApi) => {
    const model = new ChatOpenAI({ ...options(), useResponsesApi, temperature: 0 });
    models.script(answer(...WORDS), answer(...WORDS));
    const asked = await model.invoke([
      ["system", "Be short."],
      ["human", "How is the weather?"],
    ]);
    expect(asked.text).toBe(ALL);
    expect(asked.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 4 });
    let words = "";
    for await (const piece of await model.stream("And now?")) words += piece.text;
    expect(words).toBe(ALL);
  });

  it.each([false, true])(
    "sends back a whole conversation with its thoughts; by responses: %s",
    async (useResponsesApi) => {
      const model = new ChatOpenAI({ ...options(), useResponsesApi });
      models.script([thinking("Hm."), text("One."), finish()], answer("Two."));
      const first = await model.invoke([["human", "One?"]]);
      const second = await model.invoke([["human", "One?"], first, ["human", "Two?"]]);
      expect(second.text).toBe("Two.");
      const sent = models.requests.at(-1)?.body.messages ?? [];
      expect(sent.map(({ content }) => content).slice(1)).toEqual(["One?", "One.", "Two?"]);
    },
  );
});

describe("a client that asks again by itself", () => {
  const again = { "X-Stainless-Retry-Count": "1" };

  it("gets the same turn, in a task of its own and in one that goes on", async () => {
    const before = models.requests.length;
    models.script(answer("only once"), answer("gone on once"));
    const body = { model: eve.model, input: "asked twice" };
    const one = await eve.client.responses.create(body);
    const same = await eve.client.responses.create(body, { headers: again });
    expect(same.id).toBe(one.id);
    const on = { input: "on", previous_response_id: one.id };
    const two = await eve.client.responses.create(on);
    const sameTwo = await eve.client.responses.create(on, { headers: again });
    expect(sameTwo).toMatchObject({ id: two.id, output_text: "gone on once" });
    expect(models.requests.length).toBe(before + 2);
    models.script(answer("another"));
    const other = await eve.client.responses.create(body);
    expect(other.id).not.toBe(one.id);
  });

  it("gets the same turn made again where its going away has stopped it", async () => {
    await left("come back");
    const newest = async () => (await listedTasks(eve.user, "ephemeral=true"))[0];
    await until("it is stopped", async () => (await newest())?.statusReason === "interrupted");
    models.script(answer("at last"));
    const body = { model: eve.model, messages: user("come back"), stream: true } as const;
    const pieces = await eve.client.chat.completions.create(body, { headers: again });
    expect(await said(pieces)).toEqual({ text: "at last" });
    expect(await listedTurns(eve.user, (await newest())?.id ?? "")).toHaveLength(1);
  });
});
