import type { Turn } from "../../../protocol/turn";
import type { AppContext } from "../../../worker/context";
import { refusalOf } from "../../../worker/middleware/errors";
import { eventStream } from "../../../worker/streams/event-stream";
import { roomOf } from "../../room-of";
import { turnView } from "../../turn-view/turn-view";
import { wordsOf } from "../errors";
import type { AgUiEvent } from "../event";
import type { Run } from "./run-events";
import { runStream } from "./run-stream";

/** Proxies that gather an answer before they pass it on are told not to. */
const HEADERS = { "X-Accel-Buffering": "no" };

type Reading = { turn: Turn; run: Run; unread?: readonly string[] };

/** A turn as a run's events; a reader that goes away stops nothing. */
export function streamed(c: AppContext, reading: Reading): Response {
  const gone = new AbortController();
  const leave = () => gone.abort();
  c.req.raw.signal.addEventListener("abort", leave);
  return eventStream(texts(told(c, reading, gone.signal)), { leave, headers: HEADERS });
}

/** A failure on the way is told as the last. */
async function* told(
  c: AppContext,
  { turn, run, unread }: Reading,
  signal: AbortSignal,
): AsyncGenerator<AgUiEvent[], void> {
  try {
    yield* runStream(turnView(roomOf(c, turn.taskId), turn, signal), run, unread);
  } catch (error) {
    if (signal.aborted) return;
    const refusal = refusalOf(error, c);
    yield [{ type: "RUN_ERROR", message: wordsOf(refusal), code: refusal.code }];
  }
}

async function* texts(events: AsyncGenerator<AgUiEvent[], void>): AsyncGenerator<string, void> {
  for await (const some of events) if (some.length > 0) yield some.map(framed).join("");
}

/** Events that are there already. */
export function atOnce(events: readonly AgUiEvent[]): Response {
  const headers = { "Content-Type": "text/event-stream", "Cache-Control": "no-store", ...HEADERS };
  return new Response(events.map(framed).join(""), { headers });
}

function framed(event: AgUiEvent): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
