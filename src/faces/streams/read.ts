import { OFFSET_DIGITS, type STREAMS } from "../../operations/streams/face";
import { refuse } from "../../protocol/errors";
import type { LogEvent, RoomEvent } from "../../protocol/events";
import { LIMITS } from "../../protocol/limits";
import type { Task } from "../../protocol/task";
import type { AppContext } from "../../worker/context";
import { RefusedRequest } from "../../worker/problem";
import { answerOf, taskRoom, twice } from "../../worker/rooms/ask";
import type { Asked } from "../../worker/serving/handler";
import { eventStream } from "../../worker/streams/event-stream";
import { roomOf } from "../room-of";

/** Milliseconds for which a reader waits for what comes next, before it asks again. */
const WAIT_MS = 20_000;

type Place = { task: Task; after: number };

/** What is in a task's log after an offset; `live`: or what comes next. */
export async function read({
  c,
  principal,
  params,
  query,
}: Asked<typeof STREAMS.groups.tasks.read>) {
  const room = taskRoom(c.env, params.taskId);
  const task = answerOf(await twice(() => room.read(principal)));
  const after = placeOf(query.offset ?? "-1", task);
  if (query.live === "sse") return followed(c, { task, after });
  const page = await twice(() => room.events(principal, { after, limit: LIMITS.pageItems }));
  const { items, nextCursor } = answerOf(page);
  const isAll = nextCursor === null;
  if ((items[0]?.seq ?? after + 1) > after + 1 && query.offset !== "-1") throw gone();
  if (items.length > 0 || query.live === undefined) return answer({ task, after }, items, isAll);
  const come = await next(c, { task, after });
  const { body, headers } = answer({ task, after }, come, true);
  return come.length > 0
    ? new Response(body, { headers })
    : new Response(null, { status: 204, headers });
}

/** A log that was lost, or began anew, is another stream. */
function placeOf(offset: string, { epoch, headSeq }: Task): number {
  if (offset === "-1") return 0;
  if (offset === "now") return headSeq;
  const cut = offset.lastIndexOf("-");
  const after = Number(offset.slice(cut + 1));
  if (offset.slice(0, cut) === epoch && after <= headSeq) return after;
  throw gone();
}

function gone(): RefusedRequest {
  const refusal = refuse(
    "not_found",
    "The log has nothing at this offset any more: read it from -1",
  );
  return new RefusedRequest(refusal, { status: 410 });
}

function answer({ task, after }: Place, items: readonly LogEvent[], isAll: boolean): Response {
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "Stream-Next-Offset": offsetOf(task, items, after),
    ...(isAll && { "Stream-Up-To-Date": "true" }),
    ...(isAll && isClosed(task, items) && { "Stream-Closed": "true" }),
  };
  return new Response(JSON.stringify(items), { headers });
}

/** The next events of the log; none where nothing comes for a while. */
async function next(c: AppContext, { task, after }: Place): Promise<LogEvent[]> {
  if (isClosed(task, [])) return [];
  const feed = await roomOf(c, task.id).feed(after);
  const timer = setTimeout(() => feed.close(), WAIT_MS);
  try {
    for (;;) {
      const heard = await feed.next();
      const events = heard && logged(heard);
      if (!events || events.length > 0) return events ?? [];
    }
  } finally {
    clearTimeout(timer);
    feed.close();
  }
}

async function followed(c: AppContext, place: Place): Promise<Response> {
  const feed = await roomOf(c, place.task.id).feed(place.after);
  async function* texts(): AsyncGenerator<string, void> {
    let { after } = place;
    for (let heard = await feed.next(); heard; heard = await feed.next()) {
      // What comes now is of another log: whoever asks again hears so.
      if (heard.some(({ type }) => type === "history:reset")) return;
      const events = logged(heard);
      const isNow = heard.some(({ type }) => type === "synced");
      if (events.length === 0 && !isNow) continue;
      after = events.at(-1)?.seq ?? after;
      const streamClosed = isClosed(place.task, events) || undefined;
      const streamNextOffset = offsetOf(place.task, events, after);
      const control = { streamNextOffset, upToDate: after >= place.task.headSeq, streamClosed };
      if (events.length > 0) yield `event: data\ndata: ${JSON.stringify(events)}\n\n`;
      yield `event: control\ndata: ${JSON.stringify(control)}\n\n`;
      if (streamClosed && control.upToDate) return;
    }
  }
  return eventStream(texts(), { leave: () => feed.close() });
}

function logged(events: RoomEvent[]): LogEvent[] {
  return events.filter((event): event is LogEvent => "seq" in event && event.seq !== undefined);
}

function offsetOf({ epoch }: Task, items: readonly LogEvent[], after: number): string {
  return `${epoch}-${String(items.at(-1)?.seq ?? after).padStart(OFFSET_DIGITS, "0")}`;
}

/** A task that was cancelled goes on no more. */
function isClosed({ status }: Task, items: readonly LogEvent[]): boolean {
  const last = items.findLast(({ type }) => type === "task:status");
  return (
    status === "CANCELLED" || (last?.type === "task:status" && last.data.status === "CANCELLED")
  );
}
