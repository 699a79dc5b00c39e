import * as z from "zod";
import { ERRORS, problem, type Refusal, refusal } from "../../protocol/errors";
import { principal } from "../../protocol/identity";
import { parseJson } from "../../protocol/json";
import { joinRoom } from "../../protocol/rest/log-position";
import { recoveryToken } from "../../protocol/session";

/** Where a client wants to go on: after a number of the log with that epoch. */
export type Position = z.infer<typeof joinRoom>;

/** Who comes to a room, and from where. The worker has proven the principal. */
const arrival = z.object({
  principal,
  /** From the subprotocol list, where there was one. */
  recoveryToken: recoveryToken.optional(),
  position: joinRoom,
  /** The worker holds the socket for an event stream: it has no session and sends nothing. */
  isFeed: z.boolean(),
});
export type Arrival = z.infer<typeof arrival>;

// The names are part of what one version of the worker says to another version of a room.
const PRINCIPAL_HEADER = "taskroom-principal";
const RECOVERY_HEADER = "taskroom-recovery";
const FEED_HEADER = "taskroom-feed";
/** On the 101 to a feed: the epoch of the room's log. */
const EPOCH_HEADER = "taskroom-epoch";

/** An upgrade as a room gets it: who comes instead of a credential, and nothing of the caller's own. */
export function arrivalRequest({ principal, recoveryToken, position, isFeed }: Arrival): Request {
  const url = new URL("https://room/");
  for (const [name, value] of Object.entries(position)) url.searchParams.set(name, String(value));
  const headers = new Headers({
    Upgrade: "websocket",
    [PRINCIPAL_HEADER]: encodeURIComponent(JSON.stringify(principal)),
  });
  if (recoveryToken !== undefined) headers.set(RECOVERY_HEADER, recoveryToken);
  if (isFeed) headers.set(FEED_HEADER, "1");
  return new Request(url, { headers });
}

/** Nothing where it is no upgrade that a worker made. */
export function readArrival({ url, headers }: Request): Arrival | undefined {
  const header = headers.get(PRINCIPAL_HEADER);
  if (headers.get("Upgrade") !== "websocket" || header === null) return undefined;
  const json = parseJson(decodeURIComponent(header));
  return arrival.safeParse({
    principal: json.value,
    recoveryToken: headers.get(RECOVERY_HEADER) ?? undefined,
    position: Object.fromEntries(new URL(url).searchParams),
    isFeed: headers.has(FEED_HEADER),
  }).data;
}

/** The 101 with which a room lets somebody in. */
export function welcomeResponse(webSocket: WebSocket, epoch?: string): Response {
  const headers = new Headers();
  if (epoch !== undefined) headers.set(EPOCH_HEADER, epoch);
  return new Response(null, { status: 101, webSocket, headers });
}

export function epochIn({ headers }: Response): string {
  return headers.get(EPOCH_HEADER) ?? "";
}

/** A room's refusal, as it is: the worker alone makes a problem of it. */
export function refusalResponse(refused: Refusal): Response {
  return Response.json(refused, { status: ERRORS[refused.code].status });
}

/** A room of the last version answers with the problem already. */
const refusalOfEither = z.union([
  refusal,
  problem.transform(({ type, title, status, detail, ...rest }) => ({ ...rest, message: detail })),
]);

/** What a room refused. Rejects where the answer is no refusal. */
export async function refusalIn(answer: Response): Promise<Refusal> {
  return refusalOfEither.parse(await answer.json());
}
