import { Hono } from "hono";
import { refuse } from "../../protocol/errors";
import { taskId } from "../../protocol/ids";
import { issuesOf } from "../../protocol/issues";
import { listEvents } from "../../protocol/rest/list-events";
import { listLogs } from "../../protocol/rest/list-logs";
import { lastEventId } from "../../protocol/rest/log-position";
import type { AppContext, AppEnv } from "../context";
import { eventStream } from "../event-stream";
import { readId } from "../path-id";
import { RefusedRequest } from "../problem";
import { readQuery } from "../query";
import { arrive } from "../rooms/arrive";
import { answerOf, taskRoom, twice } from "../rooms/ask";
import { openGuard } from "../rooms/guard";

/** A task's log as pages and, for those who can't hold a WebSocket, as a stream. */
export const events = new Hono<AppEnv>();

events.get("/events", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const query = readQuery(c.req.raw, listEvents);
  if (!wantsStream(c)) {
    return c.json(answerOf(await twice(() => taskRoom(c.env, id).events(c.var.principal, query))));
  }
  const position = { ...(query.after !== undefined && { after: query.after }), ...resumed(c) };
  const { principal } = c.var;
  const guard = await openGuard(c);
  try {
    // The worker's own socket to the room: the room can sleep while the stream stays open.
    const room = () => taskRoom(c.env, id);
    const { webSocket, epoch } = await arrive(room, { principal, position, isFeed: true });
    return eventStream(webSocket, { epoch, types: query.type, signal: c.req.raw.signal, guard });
  } catch (error) {
    guard?.accept();
    guard?.close(1000, "no stream");
    throw error;
  }
});

events.get("/logs", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const query = readQuery(c.req.raw, listLogs);
  return c.json(answerOf(await twice(() => taskRoom(c.env, id).logs(c.var.principal, query))));
});

function wantsStream(c: AppContext): boolean {
  return (c.req.header("Accept") ?? "").includes("text/event-stream");
}

/** Where the stream broke off, as browsers say it when they come back (HTML, section 9.2). */
function resumed(c: AppContext): { epoch?: string; after?: number } {
  const header = c.req.header("Last-Event-ID");
  if (!header) return {};
  const parsed = lastEventId.safeParse(header);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error).map(({ message }) => ({ path: "Last-Event-ID", message }));
  throw new RefusedRequest(refuse("invalid_request", "Last-Event-ID is not valid", { issues }));
}
