import { Hono } from "hono";
import { refusalIn } from "../../durable-objects/sockets/arrival";
import { KEY_GUARD_HEADER } from "../../durable-objects/user-room/api";
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
import { answerOf, once, ownHome, taskRoom, twice } from "../rooms/ask";

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

/** A socket to the user's room that closes when the caller's API key is revoked. */
async function openGuard(c: AppContext): Promise<WebSocket | undefined> {
  const { keyId } = c.var.principal;
  if (keyId === undefined) return undefined;
  const headers = { Upgrade: "websocket", [KEY_GUARD_HEADER]: keyId };
  const request = new Request("https://room/guard", { headers });
  const answer = await once(() => ownHome(c).fetch(request));
  if (answer.webSocket) return answer.webSocket;
  const refusal = await refusalIn(answer);
  // A home that still runs the last release takes it for somebody who comes without a name: it has no
  // guards, and closes the feeds of a revoked key in the rooms.
  if (refusal.code === "invalid_request") return undefined;
  throw new RefusedRequest(refusal);
}
