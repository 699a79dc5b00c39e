import { spawn } from "node:child_process";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import * as z from "zod";
import { type McpServer, startMcpServer } from "../support/mcp-server";
import { answer, gate, reset, round, text, wait } from "../support/model-script";
import { type ModelServer, startModelServer } from "../support/model-server";
import { Server } from "../support/server";
import type {} from "../support/shared-servers";
import { toolTeam } from "../support/tool-team";
import { until } from "../support/until";
import { type WireClient, WireUser } from "../support/wire-client";
import { chatOf, textOf, toolsOf } from "./ai-sdk/chat-of";

const server = new Server(inject("shared").production);
const begun = z.object({ turn: z.object({ id: z.string() }) });
const done = z.looseObject({
  type: z.literal("chat:done"),
  data: z.looseObject({ message: z.looseObject({ content: z.string() }) }),
});

let model: ModelServer;
let tools: McpServer;
let team: string;
let alice: WireUser;
let token: string;

beforeAll(async () => {
  model = await startModelServer();
  tools = await startMcpServer([{ name: "weather", call: () => ({ text: "rain" }) }]);
  alice = await WireUser.of(server, "alice-everywhere");
  token = await server.token(alice.name);
  team = await toolTeam(alice, model, { outside: { url: tools.url } });
});

afterAll(async () => {
  await model.close();
  await tools.close();
});

/** What a task's event stream says of its answer, read by curl until it has one. */
function answerByCurl(taskId: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = [`Authorization: Bearer ${token}`, "Accept: text/event-stream"];
  const url = `${server.url}/api/v1/tasks/${taskId}/events?after=0`;
  const curl = spawn("curl", ["-sN", ...headers.flatMap((header) => ["-H", header]), url]);
  let heard = "";
  curl.stdout.setEncoding("utf8").on("data", (piece: string) => {
    heard += piece;
    const lines = heard.split("\n").slice(0, -1);
    for (const line of lines.filter((one) => one.startsWith("data: "))) {
      const event = done.safeParse(JSON.parse(line.slice("data: ".length)));
      if (!event.success) continue;
      resolve(event.data.data.message.content);
      curl.kill();
    }
  });
  curl.on("error", reject);
  return promise;
}

function textAt({ frames }: WireClient): string {
  return frames.state?.streams[0]?.text ?? "";
}

it("one turn with a tool and a second attempt, watched by everybody's client, ends equal in all", async () => {
  const [asked, cut, last] = [gate(), gate(), gate()];
  model.script(
    [wait(asked), ...round("I look. ", "weather", { in: "Zürich" })],
    [text("It rai"), wait(cut), reset],
    [text("It rains"), wait(last), ...answer(" 🌧.")],
  );
  const taskId = await alice.newTask({ teamRef: team });
  const path = `/tasks/${taskId}/execute`;
  const { turn } = await alice.ask(begun, "POST", path, { input: "the weather?" });

  const room = await alice.join(taskId);
  const chat = chatOf("HTTP", { url: server.url, token }, { id: taskId });
  const shown = chat.resumeStream();
  const openai = new OpenAI({ apiKey: token, baseURL: `${server.url}/openai/v1` });
  const id = `resp_${taskId.slice("task_".length)}_${turn.id.slice("turn_".length)}`;
  const final = openai.responses.stream({ response_id: id }).finalResponse();
  const curled = answerByCurl(taskId);

  asked.open();
  await until("the first attempt speaks", () => textAt(room).endsWith("It rai"));
  cut.open();
  await until("the second attempt speaks", () => textAt(room).endsWith("It rains"));
  last.open();
  await until("the turn is over", () => room.frames.state?.task.status === "COMPLETED");

  const whole = room.frames.state?.messages.at(-1)?.content ?? "";
  expect(whole).toMatch(/^I look\. \s+It rains 🌧\.$/);
  await shown;
  const said = chat.messages.at(-1);
  expect(said?.id).toBe(turn.id);
  expect(squeezed(textOf(said))).toBe(squeezed(whole));
  expect(toolsOf(said)).toMatchObject([{ input: { in: "Zürich" }, state: "output-available" }]);
  const { output, output_text } = await final;
  expect(squeezed(output_text)).toBe(squeezed(whole));
  expect(output.filter(({ type }) => type === "mcp_call")).toMatchObject([{ name: "weather" }]);
  expect(await curled).toBe(whole);
  room.close();
});

/** Between the texts of two rounds clients show a paragraph, each in its way. */
function squeezed(words: string): string {
  return words.replaceAll(/\s/g, "");
}
