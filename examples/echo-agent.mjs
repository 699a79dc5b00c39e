import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

const { PORT = "9000", AGENT_SECRET } = process.env;

async function work(request, response) {
  const body = await text(request);
  if (AGENT_SECRET && !isOurs(request.headers, body)) return response.writeHead(401).end();
  const { phase, attempt, input } = JSON.parse(body);
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (name, data) => response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

  send("log", { level: "info", message: `${phase}: attempt ${attempt} begins` });
  const words = `You asked: ${input}`.match(/\S+\s*/g);
  for (const [i, delta] of words.entries()) {
    if (response.closed) return; // Stopped, or out of time: do no more.
    send("chunk", { delta });
    send("progress", { percentComplete: (100 * (i + 1)) / words.length });
    await pause(50);
  }
  send("result", { output: words.join(""), data: { words: words.length } });
  response.end();
}

/** Standard Webhooks: whoever sent this knows the secret, and sent it less than 5 minutes ago. */
function isOurs(headers, body) {
  const key = Buffer.from(AGENT_SECRET.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const ours = Buffer.from(`v1,${createHmac("sha256", key).update(signed).digest("base64")}`);
  const theirs = Buffer.from(headers["webhook-signature"] ?? "");
  const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  return age < 300 && ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

createServer((request, response) => {
  work(request, response).catch(() => response.destroy());
}).listen(PORT, "127.0.0.1");
