// A deploy agent: serves the page that it is given, under the content id of its bytes, on loopback.
// Plain Node 20 or newer, no packages: `node examples/deploy-agent.mjs`
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const PORT = Number(process.env.PORT ?? "9100");
const MOST_PAGES = 100;
/** Content id → page. The same page has the same id, so a repeated request deploys nothing twice. */
const pages = new Map();

const server = createServer((request, response) => {
  const answer = request.method === "POST" ? deploy : serve;
  answer(request, response).catch(() => response.destroy());
});
server.listen(PORT, "127.0.0.1", () => console.error(`Deploy agent: ${address()}/deploy`));

async function deploy(request, response) {
  const { context, input } = JSON.parse(await text(request));
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (event, data) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  // The newest first: the page is what the phase before this one wrote.
  const page = [input, ...context.map(({ content }) => content)].map(pageOf).findLast(Boolean);
  if (!page) {
    send("error", { message: "There is no HTML code block to deploy.", retryable: false });
    return response.end();
  }
  const cid = contentId(Buffer.from(page));
  keep(cid, page);
  const url = `${address()}/${cid}`;
  send("progress", { percentComplete: 100, message: "Served" });
  send("log", {
    level: "success",
    message: `Deployed ${Buffer.byteLength(page)} bytes`,
    metadata: { cid },
  });
  send("result", { output: `The page is at ${url}\n\nContent id: \`${cid}\``, data: { url, cid } });
  response.end();
}

async function serve(request, response) {
  const page = pages.get(request.url.slice(1));
  if (page === undefined) return response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    // Nobody has read this page: its scripts get no origin, and nothing from elsewhere.
    "content-security-policy": "sandbox allow-scripts; default-src 'unsafe-inline' data:",
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}

/** The last HTML code block of a Markdown text, or the text itself where it is a page. */
function pageOf(content) {
  const blocks = [...content.matchAll(/^(`{3,}|~{3,})html?[^\n]*\n([\s\S]*?)^\1[`~]*\s*$/gim)];
  return blocks.at(-1)?.[2] ?? (/^\s*<(!doctype html|html)\b/i.test(content) ? content : undefined);
}

/** CIDv1 of raw bytes under SHA2-256, in base32: what `ipfs add --cid-version 1` says of a small file. */
function contentId(bytes) {
  const digest = createHash("sha256").update(bytes).digest();
  return `b${base32(Buffer.concat([Buffer.from([0x01, 0x55, 0x12, 0x20]), digest]))}`;
}

function base32(bytes) {
  const alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return bits
    .match(/.{1,5}/g)
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, "0"), 2)])
    .join("");
}

function keep(cid, page) {
  pages.set(cid, page);
  if (pages.size > MOST_PAGES) pages.delete(pages.keys().next().value);
}

function address() {
  return `http://127.0.0.1:${server.address().port}`;
}
