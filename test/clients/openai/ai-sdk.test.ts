import { createOpenAI } from "@ai-sdk/openai";
import { generateText, type ModelMessage, streamText } from "ai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type McpServer, startMcpServer } from "../../support/mcp-server";
import { answer, round } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { toolTeam } from "../../support/tool-team";
import { type Person, person } from "./people";

const server = new Server(inject("shared").production);

let models: ModelServer;
let tools: McpServer;
let eve: Person;

beforeAll(async () => {
  models = await startModelServer();
  tools = await startMcpServer([{ name: "weather", call: () => ({ text: "rain" }) }]);
  eve = await person(server, "eve-with-the-ai-sdk", models);
});

afterAll(async () => {
  await models.close();
  await tools.close();
});

/** A conversation as the AI SDK keeps it: with its answers' items, of which it sends the ids alone. */
class Conversation {
  readonly #model: string;
  readonly #person: Person;
  messages: ModelMessage[] = [];
  /** The body of its last request. */
  sent = "";

  constructor(model = eve.model, person = eve) {
    this.#model = model;
    this.#person = person;
  }

  get #asked() {
    const { baseURL, token: apiKey } = this.#person;
    const sent: typeof fetch = (url, init) => {
      this.sent = String(init?.body);
      return fetch(url, init);
    };
    const openai = createOpenAI({ baseURL, apiKey, fetch: sent });
    return { model: openai.responses(this.#model), maxRetries: 0 };
  }

  async ask(content: string): Promise<string> {
    this.messages = [...this.messages, { role: "user", content }];
    return this.goOn();
  }

  async goOn(): Promise<string> {
    const result = await generateText({ ...this.#asked, messages: this.messages });
    this.messages = [...this.messages, ...result.response.messages];
    return result.text;
  }

  async hear(content: string): Promise<string> {
    this.messages = [...this.messages, { role: "user", content }];
    const result = streamText({ ...this.#asked, messages: this.messages });
    const text = await result.text;
    this.messages = [...this.messages, ...(await result.response).messages];
    return text;
  }
}

/** What the team's model was told last, without what it was told to be. */
function told(): [string, string][] {
  const { messages = [] } = models.requests.at(-1)?.body ?? {};
  return messages.flatMap(({ role, content }): [string, string][] =>
    role === "system" ? [] : [[role, String(content)]],
  );
}

describe("[OA7] a conversation of the AI SDK's OpenAI provider", () => {
  it.each(["ask", "hear"] as const)("goes on, by its answers' ids (%s)", async (way) => {
    models.script(answer("One."), answer("Two."), answer("Three."));
    const conversation = new Conversation();
    for (const [asked, given] of [
      ["One?", "One."],
      ["Two?", "Two."],
      ["Three?", "Three."],
    ] as const) {
      expect(await conversation[way](asked)).toBe(given);
    }
    expect(conversation.sent.match(/"item_reference"/g)).toHaveLength(2);
    expect(told()).toEqual([
      ["user", "One?"],
      ["assistant", "One."],
      ["user", "Two?"],
      ["assistant", "Two."],
      ["user", "Three?"],
    ]);
  });

  it("may go on from an earlier answer, or with parts of another conversation", async () => {
    models.script(answer("One."), answer("Two."), answer("Uno."), answer("Both."));
    const first = new Conversation();
    await first.ask("One?");
    const { messages } = first;
    await first.ask("Two?");
    const second = new Conversation();
    await second.ask("Uno?");
    const both = new Conversation();
    both.messages = [...messages, ...second.messages];
    await both.ask("Which?");
    expect(told()).toEqual([
      ["user", "One?"],
      ["assistant", "One."],
      ["user", "Uno?"],
      ["assistant", "Uno."],
      ["user", "Which?"],
    ]);
  });

  it("with calls and thoughts has the answer once", async () => {
    models.script(round("I look.", "weather", {}), answer("It rains."), answer("So?"));
    const team = await toolTeam(eve.user, models, { weather: { url: tools.url } });
    const conversation = new Conversation(team);
    await conversation.ask("How is it?");
    await conversation.ask("And?");
    expect(told()).toEqual([
      ["user", "How is it?"],
      ["assistant", "I look.\n\nIt rains."],
      ["user", "And?"],
    ]);
  });

  it("may end with a person's word to a call, which goes on with the same answer", async () => {
    models.script(round("May I?", "weather", {}), answer("It rains."), answer("Yes."));
    const gil = await person(server, "gil-with-the-ai-sdk", models);
    const careful = { url: tools.url, approval: { tools: ["weather"] } };
    const team = await toolTeam(gil.user, models, { weather: careful });
    const conversation = new Conversation(team, gil);
    await conversation.ask("How is it?");
    const question = conversation.messages.at(-1)?.content;
    const asked = Array.isArray(question)
      ? question.find(({ type }) => type === "tool-approval-request")
      : undefined;
    if (asked?.type !== "tool-approval-request") throw new Error("nothing was asked");
    const { approvalId } = asked;
    const word = {
      ...{ type: "tool-approval-response" as const, approvalId, approved: true },
      providerExecuted: true,
    };
    conversation.messages = [...conversation.messages, { role: "tool", content: [word] }];
    expect(await conversation.goOn()).toContain("It rains.");
    expect(await conversation.ask("Sure?")).toBe("Yes.");
    expect(told().at(-1)).toEqual(["user", "Sure?"]);
  });

  it("with an answer that is there no more, or another's, is refused by that item", async () => {
    models.script(answer("One."), answer("Two."));
    const id = (await eve.client.responses.create({ model: eve.model, input: "One?" })).output[0]
      ?.id;
    const other = await person(server, "fay-with-the-ai-sdk", models);
    const input = [
      { type: "item_reference" as const, id: String(id) },
      { role: "user" as const, content: "And?" },
    ];
    await expect(
      other.client.responses.create({ model: other.model, input }),
    ).rejects.toMatchObject({
      status: 400,
      param: "input.0.id",
    });
    const made = [{ ...input[0], id: "msg_made_up" }, input[1]] as typeof input;
    await expect(
      eve.client.responses.create({ model: eve.model, input: made }),
    ).rejects.toMatchObject({ status: 400, param: "input.0.id" });
    const after = await eve.client.responses.create({ model: eve.model, input });
    expect(after.output_text).toBe("Two.");
  });
});
