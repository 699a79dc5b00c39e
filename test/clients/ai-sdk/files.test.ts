import type { UIMessage } from "ai";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { base64, png } from "../../support/pictures";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { chatOf, type Place, textOf, type Way } from "./chat-of";

const server = new Server(inject("shared").production);
const FILE = { type: "file", mediaType: "image/png", filename: "a.png" } as const;
const dataUrl = (seed: number) => `data:image/png;base64,${base64(png(64, seed))}`;

const filePart = z.looseObject({ type: z.literal("file"), url: z.string(), mediaType: z.string() });
const page = z.object({ messages: z.array(z.looseObject({ parts: z.array(z.unknown()) })) });

let place: Place;
beforeAll(async () => {
  place = {
    url: server.url,
    token: await server.token("ann-with-pictures"),
    team: "system/assistant",
  };
});

function filesOf(message: { parts: unknown[] } | undefined) {
  return (message?.parts ?? []).flatMap((part) => filePart.safeParse(part).data ?? []);
}

/** The chat as a page that is loaded again has it. */
async function kept(id: string): Promise<UIMessage[]> {
  const headers = { Authorization: `Bearer ${place.token}` };
  const response = await fetch(`${place.url}/ai-sdk/chat/${id}/messages`, { headers });
  return page.parse(await response.json()).messages as unknown as UIMessage[];
}

async function bytesAt(url: string): Promise<Uint8Array> {
  expect((await fetch(url)).status).toBe(401);
  const headers = { Authorization: `Bearer ${place.token}` };
  return new Uint8Array(await (await fetch(url, { headers })).arrayBuffer());
}

describe.each<Way>(["HTTP", "a socket"])("[F7] files of the AI SDK's chat over %s", (way) => {
  it("go with a message to the team, and are there when the page is loaded again", async () => {
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "/fast look", files: [{ ...FILE, url: dataUrl(1) }] });
    expect(chat.error).toBeUndefined();
    expect(textOf(chat.messages[1])).toContain("You attached a.png (image/png, 64 bytes)");
    const [question] = await kept(chat.id);
    const [file] = filesOf(question);
    expect(question?.parts).toMatchObject([{ ...FILE }, { type: "text", text: "/fast look" }]);
    expect(await bytesAt(file?.url ?? "")).toEqual(png(64, 1));
    // The whole conversation comes along, and is the room's already.
    await chat.sendMessage({ text: "/fast and now?" });
    const all = await kept(chat.id);
    expect(all.flatMap((message) => filesOf(message))).toEqual([file]);
  });

  it("stay with a message that is edited, and with one that is answered anew", async () => {
    const first = chatOf(way, place);
    const files = [{ ...FILE, url: dataUrl(2) }];
    await first.sendMessage({ text: "/fast one", files });
    const id = first.messages[0]?.id ?? "";
    const [before] = filesOf((await kept(first.id))[0]);
    await first.sendMessage({ text: "/fast two", files, messageId: id });
    expect(filesOf((await kept(first.id))[0])).toEqual([before]);
    const messages = await kept(first.id);
    const second = chatOf(way, place, { id: first.id, messages });
    const own = filesOf(messages[0]);
    const message = { text: "/fast three", files: own, messageId: messages[0]?.id ?? "" };
    await second.sendMessage(message);
    expect(second.error).toBeUndefined();
    expect(textOf(second.messages[1])).toContain("You attached a.png");
    await second.regenerate();
    expect(textOf(second.messages[1])).toContain("You attached a.png");
    const [question, , ...others] = await kept(first.id);
    expect(others).toEqual([]);
    expect(question?.parts).toMatchObject([{ url: before?.url }, { text: "/fast three" }]);
  });

  it("[F9] of an answer are the same in its stream, in a replay, and among the messages", async () => {
    const chat = chatOf(way, place);
    await chat.sendMessage({ text: "/fast /picture" });
    const [, answer] = chat.messages;
    const [file] = filesOf(answer);
    expect(file).toMatchObject({
      mediaType: "image/png",
      providerMetadata: { taskroom: { name: expect.stringMatching(/\.png$/) } },
    });
    expect([...(await bytesAt(file?.url ?? ""))].slice(1, 4)).toEqual(
      [..."PNG"].map((c) => c.charCodeAt(0)),
    );
    const [, listed] = await kept(chat.id);
    expect(listed?.parts).toEqual(JSON.parse(JSON.stringify(answer?.parts)));
    // What was sent back as history stores nothing and breaks nothing.
    await chat.sendMessage({ text: "/fast thanks" });
    expect(chat.error).toBeUndefined();
    expect((await kept(chat.id)).flatMap((message) => filesOf(message))).toEqual([file]);
  });
});

it("[F8] a foreign address is refused by its field, and the chat has not begun", async () => {
  const chat = chatOf("HTTP", place);
  await chat.sendMessage({ text: "a", files: [{ ...FILE, url: "https://example.com/a.png" }] });
  expect(chat.error?.message).toContain("messages.0.parts.0: addresses are not fetched");
  expect(await kept(chat.id)).toEqual([]);
});
