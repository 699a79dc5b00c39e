import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import type { Ear } from "../client";
import { cpuSeconds } from "../cpu";
import { tokenOf } from "../dialects/token";
import { Listener } from "../listener";
import type { Model } from "../model";
import { median, percentile } from "../numbers";
import { Script } from "../script";

/** Chats that are asked at once, each by a client of its own, as `useChat` asks over HTTP. */
export type UiStreamJob = {
  kind: "ui-stream";
  target: Target;
  chats: number;
  tokens: number;
  perSecond: number;
};

const DEADLINE_MS = 90_000;
/** After it the last words of a turn have been stored, too. */
const SETTLE_MS = 200;

type Chat = { script: Script; listener: Listener; startedAt: number };

/** How late each token of the UI message stream is, and what it costs. */
export async function runUiStream(job: UiStreamJob, model: Model): Promise<Record<string, number>> {
  const { target, chats, tokens, perSecond } = job;
  await wait(SETTLE_MS);
  const cpuBefore = cpuSeconds(target.pids);
  const asked = Array.from({ length: chats }, () => {
    const id = randomUUID();
    const script = new Script(tokens, perSecond);
    model.play(id, script);
    return ask(target.port, id, script);
  });
  await Promise.all(asked.map(({ listener }) => listener.done));
  await wait(SETTLE_MS);
  const cpu = cpuSeconds(target.pids) - cpuBefore;
  model.forget();
  const latencies = Float64Array.from(asked.flatMap(({ listener }) => [...listener.latencies]));
  latencies.sort();
  return {
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    asked: median(asked.map(({ script, startedAt }) => script.askedAt - startedAt)),
    firstToken: median(asked.map(firstToken)),
    cpuPerMillion: (cpu * 1e6) / (chats * tokens),
  };
}

function firstToken({ script, listener, startedAt }: Chat): number {
  return listener.firstTextAt - startedAt - ((script.writtenAt[0] ?? 0) - script.askedAt);
}

function ask(port: number, id: string, script: Script): Chat {
  const reader: { ear: Ear } = { ear: () => undefined };
  const listener = new Listener(reader, script);
  const message = { id: `m-${id}`, role: "user", parts: [{ type: "text", text: id }] };
  const headers = {
    "content-type": "application/json",
    authorization: `Bearer ${tokenOf(`u-${id}`)}`,
  };
  const address = { host: "127.0.0.1", port, path: "/ai-sdk/chat", method: "POST", headers };
  const sent = request({ ...address, timeout: DEADLINE_MS }, (response) => {
    if (response.statusCode !== 200) listener.fail(`status ${response.statusCode}`);
    read(response, (part, at) => {
      if (part.type === "text-delta") reader.ear({ type: "text", text: part.delta ?? "" }, at);
      else if (part.type === "finish") reader.ear({ type: "end" }, at);
      else if (part.type === "error") listener.fail("the stream says error");
    });
    response.on("close", () => listener.fail("the stream ended early"));
  });
  sent.on("timeout", () => listener.fail("not done in time"));
  sent.on("error", ({ message: why }) => listener.fail(why));
  const startedAt = performance.now();
  sent.end(JSON.stringify({ id, trigger: "submit-message", messages: [message] }));
  return { script, listener, startedAt };
}

type Part = { type: string; delta?: string };

/** The parts of a stream of server-sent events, each a line of data. */
function read(stream: NodeJS.ReadableStream, hear: (part: Part, at: number) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const at = performance.now();
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: {")) hear(JSON.parse(line.slice(6)) as Part, at);
    }
  });
}
