import { LOG } from "../../operations/rest/log";
import { refuse } from "../../protocol/errors";
import { issuesOf } from "../../protocol/issues";
import { lastEventId } from "../../protocol/rest/log-position";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";
import { arrive } from "../rooms/arrive";
import { answerOf, taskRoom, twice } from "../rooms/ask";
import { openGuard } from "../rooms/guard";
import type { Asked, Handlers } from "../serving/handler";
import { eventStream } from "../streams/event-stream";
import { Feed } from "../streams/feed";
import { logStream } from "../streams/log-stream";

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
    const feed = new Feed(webSocket, guard);
    const leave = () => feed.close();
    c.req.raw.signal.addEventListener("abort", leave);
    return eventStream(logStream(feed, { epoch, types: query.type }), { leave });
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
