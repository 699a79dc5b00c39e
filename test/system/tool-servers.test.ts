import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { answer, done, finish } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { says } from "../support/room-turns";
import {
  type SdkServer,
  startSessionServer,
  startStatelessServer,
} from "../support/sdk-tool-servers";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { WireUser } from "../support/wire-client";

const server = new Server(inject("shared").production);
let model: ModelServer;
let first: SdkServer;
let second: SdkServer;
let alice: WireUser;

beforeAll(async () => {
  [model, first, second] = await Promise.all([
    startModelServer(),
    startSessionServer(),
    startStatelessServer(),
  ]);
  alice = await WireUser.of(server, "alice-with-tools");
});
afterAll(() => Promise.all([model, first, second].map((one) => one.close())));

async function toolTeam(): Promise<string> {
  const ref = `${alice.name}/adding`;
  const make = (kind: string, spec: object) =>
    alice.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name: "adding" }, spec });
  const mcpServers = { first: { url: first.url }, second: { url: second.url, timeoutMs: 30_000 } };
  await make("ghosts", { systemPrompt: "Add.", mcpServers });
  await make("models", { provider: "openai-compatible", model: "m-1", baseUrl: model.url });
  await make("bots", { ghostRef: ref, modelRef: ref });
  await make("teams", { collaboration: "solo", members: [{ role: "adder", botRef: ref }] });
  return ref;
}

const told = z.array(z.object({ role: z.string(), content: z.unknown() }));
const call = (index: number, name: string) => ({
  index,
  id: `c${index}`,
  function: { name, arguments: JSON.stringify({ a: index, b: 40 }) },
});

it("[T1] [T4] tools of both generations of servers are used in one round, each call with a key of its own", async () => {
  const tool_calls = [call(0, "first_add_numbers"), call(1, "second_add_numbers")];
  model.script(
    [{ do: "delta", delta: { tool_calls } }, finish("tool_calls"), done],
    answer("Done."),
  );
  const client = await alice.join(await alice.newTask({ teamRef: await toolTeam() }));
  const sent = await client.ask("chat:send", { content: "add" });
  await client.frames.next(says("turn:status", "COMPLETED"));
  const { messages = [] } = model.requests.at(-1)?.body ?? {};
  const results = told.parse(messages).filter(({ role }) => role === "tool");
  expect(results.map(({ content }) => content)).toEqual(["40", "41"]);
  const { turnId } = z.looseObject({ turnId: z.string() }).parse(sent.data);
  expect(first.keys).toEqual([`${turnId}:adder:1:0:0`]);
  expect(second.keys).toEqual([`${turnId}:adder:1:0:1`]);
  const progress = client.frames.all.filter(({ type }) => type === "tool:progress");
  expect(progress.length).toBeGreaterThan(0);
  await client.close();
});
