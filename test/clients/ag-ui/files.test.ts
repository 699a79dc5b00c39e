import { HttpAgent } from "@ag-ui/client";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { base64, png } from "../../support/pictures";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { WireUser } from "../../support/wire-client";
import { ask, messagesOf, type Person, shown, taskOf } from "./people";

const server = new Server(inject("shared").production);
const attached = z.looseObject({
  attachments: z.array(z.looseObject({ fileId: z.string() })).optional(),
});
const told = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  value: z.unknown().optional(),
  messages: z.array(z.looseObject({ content: z.unknown() })).optional(),
});
type Told = z.infer<typeof told>;

let ann: Person;
beforeAll(async () => {
  const name = "ann-with-agents-and-pictures";
  const user = await WireUser.of(server, name);
  ann = { user, team: "system/assistant", url: server.url, token: await server.token(name) };
});

const picture = (seed: number, type = "data") => {
  const value = base64(png(64, seed));
  const source =
    type === "data"
      ? { type: "data" as const, value, mimeType: "image/png" }
      : { type: "url" as const, value: `data:image/png;base64,${value}` };
  return { type: "image" as const, source, metadata: { filename: `${seed}.png` } };
};

function agentOf(threadId = crypto.randomUUID() as string): HttpAgent {
  const headers = { Authorization: `Bearer ${ann.token}` };
  return new HttpAgent({ url: `${ann.url}/ag-ui/${ann.team}`, headers, threadId });
}

async function run(agent: HttpAgent, runId?: string): Promise<Told[]> {
  const events: Told[] = [];
  const onEvent = ({ event }: { event: object }) => void events.push(told.parse({ ...event }));
  await agent.runAgent({ ...(runId !== undefined && { runId }) }, { onEvent });
  return events;
}

/** What `connect` tells whoever comes. */
async function connected(threadId: string): Promise<Told[]> {
  const response = await fetch(`${ann.url}/copilotkit/agent/${ann.team}/connect`, {
    method: "POST",
    headers: { Authorization: `Bearer ${ann.token}` },
    body: JSON.stringify({ threadId, runId: crypto.randomUUID(), messages: [] }),
  });
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  return lines.map((line) => told.parse(JSON.parse(line.slice("data: ".length))));
}

async function filesIn(threadId: string) {
  const items = await messagesOf(ann, await taskOf(ann, threadId));
  return items.map((item) => attached.parse(item).attachments?.map(({ fileId }) => fileId) ?? []);
}

describe("[F7] files in a message's parts", () => {
  it("go to the team; the same run again stores none, and a later one has the thread's own", async () => {
    const agent = agentOf();
    const content = [{ type: "text" as const, text: "/fast look" }, picture(1), picture(2, "url")];
    agent.addMessage({ id: "m-1", role: "user", content });
    await run(agent, "run-1");
    const words = "You attached 1.png (image/png, 64 bytes), 2.png (image/png, 64 bytes)";
    expect(shown(agent.messages.slice(-1))).toEqual([
      ["assistant", expect.stringContaining(words)],
    ]);
    const again = agentOf(agent.threadId);
    again.addMessage({ id: "m-1", role: "user", content });
    await run(again, "run-1");
    agent.addMessage({ id: "m-2", role: "user", content: "/fast go on" });
    await run(agent, "run-2");
    const [first = [], ...others] = await filesIn(agent.threadId);
    expect(first).toHaveLength(2);
    expect(others.flat()).toEqual([]);
    const snapshot = (await connected(agent.threadId)).find(({ messages }) => messages);
    expect(snapshot?.messages?.[0]).toMatchObject({
      id: "m-1",
      content: [
        { type: "text", text: "/fast look" },
        {
          type: "image",
          source: { type: "url", value: `${server.url}/api/v1/files/${first[0]}` },
          metadata: { filename: "1.png" },
        },
        { type: "image" },
      ],
    });
  });

  it("of messages before a thread's first go with that one, also when it comes again", async () => {
    const agent = agentOf();
    agent.setMessages([
      { id: "m-0", role: "user", content: [{ type: "text", text: "this one" }, picture(3)] },
      { id: "a-0", role: "assistant", content: "A picture." },
      { id: "m-1", role: "user", content: "/fast which?" },
    ]);
    const before = agent.messages.slice();
    await run(agent, "run-1");
    const again = agentOf(agent.threadId);
    again.setMessages(before);
    await run(again, "run-1");
    const [, , question, , ...others] = await filesIn(agent.threadId);
    expect(question).toHaveLength(1);
    expect(others).toEqual([]);
  });
});

describe("[F9] files of an answer", () => {
  it("are told beside it, in the run and to whoever comes later", async () => {
    const agent = agentOf();
    agent.addMessage({ id: "m-1", role: "user", content: "/fast /picture" });
    const live = (await run(agent)).filter(({ name }) => name === "taskroom.files");
    expect(live).toMatchObject([
      {
        value: {
          files: [{ mediaType: "image/png", url: expect.stringContaining("/api/v1/files/") }],
        },
      },
    ]);
    const later = (await connected(agent.threadId)).filter(({ name }) => name === "taskroom.files");
    expect(later.map(({ value }) => value)).toEqual(live.map(({ value }) => value));
  });
});

it("[F8] a foreign address is refused by its field, and no thread has begun", async () => {
  const agent = agentOf();
  const source = { type: "url" as const, value: "https://example.com/a.png" };
  agent.addMessage({ id: "m-1", role: "user", content: [{ type: "image", source }] });
  await expect(run(agent)).rejects.toThrow(/messages\.0\.content\.0\.source\.value: addresses/);
  const listed = await ask(ann.user, "GET", `/tasks?key=agui:${agent.threadId}`);
  expect(await listed.json()).toMatchObject({ items: [] });
});
