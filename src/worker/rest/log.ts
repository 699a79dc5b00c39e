import { refusalIn } from "../../durable-objects/sockets/arrival";
import { KEY_GUARD_HEADER } from "../../durable-objects/user-room/api";
import { LOG } from "../../operations/rest/log";
import { refuse } from "../../protocol/errors";
import { issuesOf } from "../../protocol/issues";
import { lastEventId } from "../../protocol/rest/log-position";
import type { AppContext } from "../context";
import { eventStream } from "../event-stream";
import { RefusedRequest } from "../problem";
import { arrive } from "../rooms/arrive";
import { answerOf, once, ownHome, taskRoom, twice } from "../rooms/ask";
import type { Asked, Handlers } from "../serving/handler";

/** A task's log as pages and, for those who can't hold a WebSocket, as a stream. */
export const log: Handlers<typeof LOG> = {
  async events(asked) {
    const { c, principal, params, query } = asked;
    if (wantsStream(c)) return stream(asked);
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).events(principal, query)));
  },

  async entries({ c, principal, params, query }) {
    return answerOf(await twice(() => taskRoom(c.env, params.taskId).logs(principal, query)));
  },
};

async function stream(asked: Asked<typeof LOG.events>): Promise<Response> {
  const { c, principal, params, query } = asked;
  const position = { ...(query.after !== undefined && { after: query.after }), ...resumed(c) };
  const guard = await openGuard(c);
  try {
    // The worker's own socket to the room: the room can sleep while the stream stays open.
    const room = () => taskRoom(c.env, params.taskId);
    const { webSocket, epoch } = await arrive(room, { principal, position, isFeed: true });
    return eventStream(webSocket, { epoch, types: query.type, signal: c.req.raw.signal, guard });
  } catch (error) {
    guard?.accept();
    guard?.close(1000, "no stream");
    throw error;
  }
}

function wantsStream(c: AppContext): boolean {
  return (c.req.header("Accept") ?? "").includes(LOG.events.media);
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
