import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { answer } from "../../support/model-script";
import { type ModelServer, startModelServer } from "../../support/model-server";
import { base64, pdf, png } from "../../support/pictures";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { WireUser } from "../../support/wire-client";

const server = new Server(inject("shared").production);
const PNG = `data:image/png;base64,${base64(png())}`;
const stored = z.looseObject({ id: z.string() });
const DEMO = "system/assistant";
const LINK = /\[([^\]]+\.png)\]\((http[^)]+\/api\/v1\/files\/file_[a-z0-9]+)\)$/;

let models: ModelServer;
let user: WireUser;
let client: OpenAI;
let token: string;
const model = "pia-with-pictures/seeing";

beforeAll(async () => {
  models = await startModelServer();
  user = await WireUser.of(server, "pia-with-pictures");
  token = await server.token(user.name);
  client = new OpenAI({ apiKey: token, baseURL: `${server.url}/openai/v1` });
  const make = async (kind: string, spec: object) => {
    const made = await user.call("POST", `/${kind}`, { metadata: { name: "seeing" }, spec });
    expect(made.status, await made.text()).toBe(201);
  };
  const provider = { provider: "openai-compatible", model: "m-1", apiKey: "k" };
  await make("models", { ...provider, baseUrl: models.url, input: ["text", "image", "file"] });
  await make("bots", { ghostRef: "system/assistant", modelRef: model });
  await make("teams", { collaboration: "solo", members: [{ role: "a", botRef: model }] });
});
afterAll(() => models.close());

async function bytesAt(url: string): Promise<Uint8Array> {
  expect((await fetch(url)).status).toBe(401);
  const headers = { Authorization: `Bearer ${token}` };
  return new Uint8Array(await (await fetch(url, { headers })).arrayBuffer());
}

function lastAsked(): string {
  return JSON.stringify(models.requests.at(-1)?.body);
}

describe("[F7] files that are sent reach the team's model", () => {
  it("with chat completions: a picture, a document, those of earlier messages, and by id", async () => {
    models.script(answer("Seen."));
    const { id } = stored.parse(await (await user.upload("the tide is at six", "tide.txt")).json());
    const completion = await client.chat.completions.create({
      model,
      messages: [
        { role: "user", content: [{ type: "image_url", image_url: { url: PNG } }] },
        { role: "assistant", content: "A picture." },
        {
          role: "user",
          content: [
            { type: "text", text: "And these?" },
            { type: "file", file: { filename: "b.pdf", file_data: base64(pdf()) } },
            { type: "file", file: { file_id: id } },
          ],
        },
      ],
    });
    expect(completion.choices[0]?.message.content).toBe("Seen.");
    expect(lastAsked()).toContain(PNG);
    expect(lastAsked()).toContain("b.pdf");
    expect(lastAsked()).toContain("the tide is at six");
  });

  it("with responses, where a conversation goes on too; the items show them", async () => {
    models.script(answer("Seen."), answer("Seen again."));
    const content = (text: string, part: object) => [
      { role: "user" as const, content: [{ type: "input_text" as const, text }, part] },
    ];
    const image = { type: "input_image", image_url: PNG, detail: "auto" };
    const first = await client.responses.create({ model, input: content("look", image) as [] });
    expect(lastAsked()).toContain(PNG);
    const file = {
      type: "input_file",
      filename: "c.pdf",
      file_data: `data:application/pdf;base64,${base64(pdf())}`,
    };
    const second = await client.responses.create({
      model,
      input: content("and this", file) as [],
      previous_response_id: first.id,
    });
    expect(second.output_text).toBe("Seen again.");
    const { data } = await client.responses.inputItems.list(first.id);
    const url = expect.stringContaining(`${server.url}/api/v1/files/`);
    expect(data).toMatchObject([
      { content: [{ text: "look" }, { type: "input_image", image_url: url }] },
    ]);
    const items = await client.conversations.items.list(second.conversation?.id ?? "", {
      order: "asc",
    });
    expect(items.data).toMatchObject([
      { role: "user" },
      { role: "assistant" },
      { content: [{}, { type: "input_file", file_url: url, filename: "c.pdf" }] },
      { role: "assistant" },
    ]);
    // An item that was shown may be sent as it is.
    models.script(answer("Once more."));
    const shown = JSON.parse(JSON.stringify(data[0]));
    const input = [{ role: "user", content: shown.content }];
    const third = await client.responses.create({ model, input: input as [] });
    expect(third.output_text).toBe("Once more.");
    expect(lastAsked()).toContain(PNG);
  });
});

describe("[F9] files of an answer", () => {
  it("are links at the end of a chat completion, streamed or whole", async () => {
    const messages = [{ role: "user" as const, content: "/fast /picture" }];
    const whole = await client.chat.completions.create({ model: DEMO, messages });
    const [, name, url = ""] = LINK.exec(whole.choices[0]?.message.content ?? "") ?? [];
    expect(name).toMatch(/\.png$/);
    expect([...(await bytesAt(url))].slice(1, 4)).toEqual([80, 78, 71]);
    let text = "";
    const stream = await client.chat.completions.create({ model: DEMO, messages, stream: true });
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    expect(text).toMatch(LINK);
  });

  it("are an item of a response with links and citations, the same when it is asked for later", async () => {
    const runner = client.responses.stream({ model: DEMO, input: "/fast /picture" });
    const deltas: string[] = [];
    runner.on("response.output_text.delta", ({ delta }) => void deltas.push(delta));
    const last = await runner.finalResponse();
    expect(last.output_text).toMatch(LINK);
    expect(deltas.join("")).toBe(last.output_text);
    const links = last.output.at(-1);
    if (links?.type !== "message") throw new Error("the last item is no message");
    const [part] = links.content;
    if (part?.type !== "output_text") throw new Error("its part is no text");
    const [citation] = part.annotations;
    if (citation?.type !== "url_citation") throw new Error("it cites no address");
    expect(part.text.slice(citation.start_index, citation.end_index)).toMatch(LINK);
    expect(citation.url).toBe(LINK.exec(part.text)?.[2]);
    const again = await client.responses.retrieve(last.id);
    expect(again.output).toEqual(
      last.output.map(({ parsed: _, ...item }: object & { parsed?: unknown }) => ({
        ...item,
        ...("content" in item && { content: expect.anything() }),
      })),
    );
    expect(again.output_text).toBe(last.output_text);
    const items = await client.conversations.items.list(last.conversation?.id ?? "");
    expect(items.data[0]).toMatchObject({ content: [{}, { text: part.text }] });
  });
});

describe("[F8] what names no file is refused by its field", () => {
  const ask = (part: object) => {
    const input = [{ role: "user", content: [{ type: "input_text", text: "a" }, part] }];
    return client.responses.create({ model, input: input as [] });
  };
  it.each<[string, object, string]>([
    [
      "an address elsewhere",
      { type: "input_image", image_url: "https://a.example/b" },
      "image_url",
    ],
    ["an address of a file", { type: "input_file", file_url: "https://a.example/b" }, "file_url"],
    ["nobody's file", { type: "input_file", file_id: "file-abc" }, "file_id"],
  ])("%s", async (_what, part, field) => {
    const refused = { status: 400, param: `input.0.content.1.${field}` };
    await expect(ask(part)).rejects.toMatchObject(refused);
  });

  it("and so are two at once, none, and a file that is no user's", async () => {
    const two = { type: "input_image", image_url: PNG, file_id: "file_1" };
    for (const part of [two, { type: "input_image" }]) {
      await expect(ask(part)).rejects.toMatchObject({ param: "input.0.content.1" });
    }
    const content = [{ type: "image_url", image_url: { url: PNG } }];
    const messages = [
      { role: "system", content },
      { role: "user", content: "a" },
    ];
    await expect(
      client.chat.completions.create({ model, messages: messages as [] }),
    ).rejects.toMatchObject({ param: "messages.0.content.0.type" });
  });
});
