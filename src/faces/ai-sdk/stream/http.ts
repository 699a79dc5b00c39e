import type { AppContext } from "../../../worker/context";
import { eventStream } from "../../../worker/streams/event-stream";
import type { AskedTurn } from "../chat/asked-turn";
import type { UiChunk } from "../chunk";
import { told } from "./told";

const HEADERS = {
  "x-vercel-ai-ui-message-stream": "v1",
  // Proxies that gather an answer before they pass it on are told not to.
  "X-Accel-Buffering": "no",
};

/** A turn's chunks as server-sent events; a reader that goes away stops nothing. */
export function streamed(c: AppContext, asked: AskedTurn): Response {
  const gone = new AbortController();
  const leave = () => gone.abort();
  c.req.raw.signal.addEventListener("abort", leave);
  return eventStream(events(told(c, asked, gone.signal)), { leave, headers: HEADERS });
}

async function* events(chunks: AsyncGenerator<UiChunk[], void>): AsyncGenerator<string, void> {
  for await (const some of chunks) yield some.map(event).join("");
  yield "data: [DONE]\n\n";
}

function event(chunk: UiChunk): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
