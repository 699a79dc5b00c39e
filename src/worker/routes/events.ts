import { Hono } from "hono";
import { EPOCH_HEADER, FEED_HEADER, PRINCIPAL_HEADER } from "../../durable-objects/task-room/api";
import { isApiKeyValid } from "../../history/api-keys";
import { issuesOf, refuse } from "../../protocol/errors";
import { taskId } from "../../protocol/ids";
import { listEvents } from "../../protocol/rest/list-events";
import { listLogs } from "../../protocol/rest/list-logs";
import { lastEventId } from "../../protocol/rest/log-position";
import type { AppContext, AppEnv } from "../context";
import { eventStream } from "../event-stream";
import { readId } from "../path-id";
import { RefusedRequest, refusalIn } from "../problem";
import { readQuery } from "../query";
import { answerOf, once, taskRoom, twice } from "../rooms/ask";

/** A task's log as pages and, for those who can't hold a WebSocket, as a stream. */
export const events = new Hono<AppEnv>();

events.get("/events", async (c) => {
  const id = readId(taskId, c.req.param("id"));
  const query = readQuery(c.req.raw, listEvents);
  if (!wantsStream(c)) {
    return c.json(answerOf(await twice(() => taskRoom(c.env, id).events(c.var.principal, query))));
  }
  const position = { ...(query.after !== undefined && { after: query.after }), ...resumed(c) };
  const { webSocket, epoch } = await openFeed(c, id, position);
  const { keyId } = c.var.principal;
  return eventStream(webSocket, {
    epoch,
    types: query.type,
    signal: c.req.raw.signal,
    isStillAllowed: keyId === undefined ? undefined : () => isApiKeyValid(c.env.DB, keyId),
  });
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

/** The worker's own socket to the room: the room can sleep while the stream stays open. */
async function openFeed(
  c: AppContext,
  id: string,
  position: { epoch?: string; after?: number },
): Promise<{ webSocket: WebSocket; epoch: string }> {
  const url = new URL("https://room/feed");
  for (const [name, value] of Object.entries(position)) url.searchParams.set(name, String(value));
  const headers = {
    Upgrade: "websocket",
    [FEED_HEADER]: "1",
    [PRINCIPAL_HEADER]: encodeURIComponent(JSON.stringify(c.var.principal)),
  };
  const request = new Request(url.toString(), { headers });
  const answer = await once(() => taskRoom(c.env, id).fetch(request));
  const { webSocket, headers: answered } = answer;
  if (webSocket) return { webSocket, epoch: answered.get(EPOCH_HEADER) ?? "" };
  throw new RefusedRequest(refusalIn(await answer.json()));
}
