import { runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { roomOf } from "../../support/room-alarm";
import { call, newUser, ORIGIN, tokenOf } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const listed = z.object({ items: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});
afterEach(() => {
  control.d1 = "up";
});

/** A request whose client may go away. */
class Asking {
  readonly #gone = new AbortController();
  readonly response: Promise<Response>;

  constructor(path: string, body: object, headers: Record<string, string> = {}) {
    this.response = this.#ask(path, body, headers);
    this.response.catch(() => undefined);
  }

  async #ask(path: string, body: object, headers: Record<string, string>): Promise<Response> {
    const token = await tokenOf({ sub: alice });
    return exports.default.fetch(`${ORIGIN}/openai/v1${path}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, ...headers },
      body: JSON.stringify(body),
      signal: this.#gone.signal,
    });
  }

  leave(): void {
    this.#gone.abort();
  }
}

const messages = [{ role: "user", content: "Tell me" }];
const chat = (more: object = {}, headers = {}) =>
  new Asking("/chat/completions", { messages, ...more }, headers);
const AGAIN = { "X-Stainless-Retry-Count": "1" };

async function turns() {
  const tasks = listed.parse(await (await call(alice, "GET", "/tasks?ephemeral=true")).json());
  const of = tasks.items.map(async ({ id }) =>
    listed.parse(await (await call(alice, "GET", `/tasks/${id}/turns`)).json()),
  );
  return (await Promise.all(of)).flatMap(({ items }) => items.map(({ status }) => status));
}

/** What a stream says, until it has this in it or ends. */
function reading(response: Response) {
  const texts = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let all = "";
  return async (words?: string): Promise<string> => {
    while (words === undefined || !all.includes(words)) {
      const read = await texts?.read();
      if (!read || read.done) break;
      all += read.value;
    }
    return all;
  };
}

describe("[OA3] a client that goes away in the midst of what is not streamed", () => {
  it("stops a chat completion, at its provider too", async () => {
    const asking = chat();
    const attempt = await model.attempt(1);
    attempt.say("Once upon");
    await expect.poll(watchers).toBe(1);
    asking.leave();
    await expect.poll(() => attempt.signal.aborted).toBe(true);
    await expect.poll(turns).toEqual(["INTERRUPTED"]);
  });

  it("stops one whose turn was only being begun", async () => {
    const spec = { collaboration: "solo", members: [{ role: "a", botRef: "system/assistant" }] };
    await call(alice, "POST", "/teams", { metadata: { name: "own" }, spec });
    Object.assign(control, { d1: "slow", d1SlowMs: 500 });
    const before = control.d1Lookups;
    const asking = chat({ model: `${alice}/own` });
    await expect.poll(() => control.d1Lookups).toBeGreaterThan(before);
    asking.leave();
    await expect.poll(turns).toEqual(["INTERRUPTED"]);
  });

  it("stops nothing of a response", async () => {
    const asking = new Asking("/responses", { input: "Tell me" });
    const attempt = await model.attempt(1);
    asking.leave();
    attempt.say("To the end.");
    await scheduler.wait(100);
    attempt.finish();
    const done = async () =>
      listed.parse(await (await call(alice, "GET", "/tasks")).json()).items[0]?.status;
    await expect.poll(done).toBe("COMPLETED");
    expect(attempt.signal.aborted).toBe(false);
  });
});

describe("[OA4] a client that asks again by itself, and whose first request is given up only then", () => {
  it("has the answer whole that it reads already", async () => {
    const first = chat();
    (await model.attempt(1)).say("Once upon ");
    const second = chat({}, AGAIN);
    await expect.poll(watchers).toBe(2);
    first.leave();
    const again = await model.attempt(2);
    again.say("a time.");
    again.finish();
    const answer = z
      .looseObject({ choices: z.array(z.looseObject({ message: z.looseObject({}) })) })
      .parse(await (await second.response).json());
    expect(answer.choices[0]?.message).toMatchObject({ content: "a time." });
    expect(await turns()).toEqual(["COMPLETED"]);
  });

  it("goes on with a stream where the next attempt says the same", async () => {
    const first = chat({ stream: true });
    const ofFirst = reading(await first.response);
    (await model.attempt(1)).say("Once upon ", "a time");
    await ofFirst("Once upon");
    const second = reading(await chat({ stream: true }, AGAIN).response);
    await second("Once upon");
    first.leave();
    const again = await model.attempt(2);
    again.say("Once upon a time", " there was.");
    again.finish();
    const all = await second();
    expect(all).toContain("data: [DONE]");
    const said = [...all.matchAll(/"content":"([^"]+)"/g)].map(([, words]) => words);
    expect(said.join("")).toBe("Once upon a time there was.");
  });
});

/** Feeds that are open in the one task's room. */
async function watchers(): Promise<number> {
  const tasks = listed.parse(await (await call(alice, "GET", "/tasks?ephemeral=true")).json());
  const id = tasks.items[0]?.id ?? "";
  return runInDurableObject(roomOf(id), (_, state) => state.getWebSockets().length);
}
