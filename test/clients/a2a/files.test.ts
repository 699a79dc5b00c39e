import { randomUUID } from "node:crypto";
import type { Client } from "@a2a-js/sdk/client";
import { beforeAll, describe, expect, inject, it } from "vitest";
import * as z from "zod";
import { png } from "../../support/pictures";
import { Server } from "../../support/server";
import type {} from "../../support/shared-servers";
import { WireUser } from "../../support/wire-client";
import { clientOf, saying, taskOf, textOf } from "./agent";

const server = new Server(inject("shared").production);
const turns = z.object({ items: z.array(z.looseObject({ id: z.string(), status: z.string() })) });

let ann: WireUser;
let client: Client;
let token: string;
beforeAll(async () => {
  ann = await WireUser.of(server, "ann-with-pictures-for-agents");
  token = await server.token(ann.name);
  client = await clientOf(server.url, token);
});

type Part = { $case: "raw"; value: Buffer } | { $case: "url"; value: string };

function sending(text: string, content: Part, said: Parameters<typeof saying>[1] = {}) {
  const request = saying(text, said);
  const part = { content, metadata: undefined, filename: "a.png", mediaType: "image/png" };
  request.message?.parts.push(part);
  return request;
}

/** The files of a message or an artifact, as the client has read them. */
function filesOf(parts: { content?: { $case: string; value: unknown } | undefined }[] = []) {
  return parts.flatMap(({ content }) => (content?.$case === "url" ? [String(content.value)] : []));
}

async function bytesAt(url = ""): Promise<Uint8Array> {
  expect((await fetch(url)).status).toBe(401);
  const headers = { Authorization: `Bearer ${token}` };
  return new Uint8Array(await (await fetch(url, { headers })).arrayBuffer());
}

describe("[F7] files in a message's parts", () => {
  it("go to the team as bytes and by their address, once however often the message comes", async () => {
    const content = { $case: "raw", value: Buffer.from(png()) } as const;
    const sent = sending("/fast look", content, { messageId: randomUUID() });
    const first = taskOf(await client.sendMessage(sent));
    expect(first.artifacts.map(textOf).join()).toContain(
      "You attached a.png (image/png, 64 bytes)",
    );
    const again = taskOf(await client.sendMessage(sent));
    expect(again.id).toBe(first.id);
    const [url = "", ...others] = filesOf(again.history[0]?.parts);
    expect(others).toEqual([]);
    expect(await bytesAt(url)).toEqual(png());
    const { contextId } = first;
    const next = sending("/fast and again", { $case: "url", value: url }, { contextId });
    const second = taskOf(await client.sendMessage(next));
    expect(filesOf(second.history[0]?.parts)).toEqual([url]);
  });
});

describe("[F9] files of an answer", () => {
  it("are parts of its artifact, in a stream and in the whole task", async () => {
    const streamed: string[] = [];
    let id = "";
    for await (const { payload } of client.sendMessageStream(saying("/fast /picture"))) {
      if (payload?.$case === "task") id = payload.value.id;
      if (payload?.$case !== "artifactUpdate") continue;
      streamed.push(...filesOf(payload.value.artifact?.parts));
    }
    const task = await client.getTask({ tenant: "", id, historyLength: 0 });
    const [artifact] = task.artifacts;
    expect(filesOf(artifact?.parts)).toEqual(streamed);
    expect(artifact?.parts.at(-1)).toMatchObject({
      mediaType: "image/png",
      filename: expect.stringMatching(/\.png$/),
    });
    expect([...(await bytesAt(streamed[0]))].slice(1, 4)).toEqual([80, 78, 71]);
    expect(await client.getAgentCard()).toMatchObject({
      defaultInputModes: expect.arrayContaining(["text/plain", "image/png"]),
      defaultOutputModes: expect.arrayContaining(["text/plain", "image/png"]),
    });
  });
});

it("[J11] a turn that answers anew shows the question that it answers, with its files", async () => {
  const content = { $case: "raw", value: Buffer.from(png()) } as const;
  const messageId = randomUUID();
  const first = taskOf(await client.sendMessage(sending("/fast why?", content, { messageId })));
  const [taskId = "", turnId = ""] = first.id.split(".");
  const done = await ann.call("POST", `/tasks/${taskId}/turns/${turnId}/regenerate`, {});
  expect(done.ok, await done.clone().text()).toBe(true);
  const listed = await ann.call("GET", `/tasks/${taskId}/turns`);
  const [anew] = turns.parse(await listed.json()).items;
  expect(anew?.id).not.toBe(turnId);
  const task = await client.getTask({ tenant: "", id: `${taskId}.${anew?.id}`, historyLength: 1 });
  expect(task.history).toMatchObject([{ messageId, parts: first.history[0]?.parts }]);
  expect(task.history[0]?.taskId).toBe(task.id);
});

it("[J9] files of an agent of this protocol that ask for the Shell's headers are the answer's", async () => {
  const make = async (kind: string, spec: object) => {
    const made = await ann.call("POST", `/${kind}`, { metadata: { name: "far" }, spec });
    expect(made.status, await made.text()).toBe(201);
  };
  const url = `${server.url}/a2a/system/assistant/agent-card.json`;
  await make("shells", { runtime: "a2a", url, headers: { Authorization: `Bearer ${token}` } });
  await make("bots", { ghostRef: "system/assistant", shellRef: `${ann.name}/far` });
  const members = [{ role: "far", botRef: `${ann.name}/far` }];
  await make("teams", { collaboration: "solo", members });
  const far = await clientOf(server.url, token, `${ann.name}/far`);
  const task = taskOf(await far.sendMessage(saying("/fast /picture")));
  const [file, ...others] = filesOf(task.artifacts[0]?.parts);
  expect(others).toEqual([]);
  expect([...(await bytesAt(file))].slice(1, 4)).toEqual([80, 78, 71]);
});
