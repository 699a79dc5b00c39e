import { TaskroomError } from "../errors";
import type { SocketConstructor, SocketLike } from "../options";
import { queryText } from "../rest/request";

/** Where a connection goes on from. */
export type Place = { query: Record<string, string>; protocols: string[] };

type Handshake = { url: string; path: string; token: string; place: Place };

/** Tokens go into the subprotocol list, where no log of addresses holds them. */
export function openSocket(
  WebSocket: SocketConstructor,
  { url, path, token, place }: Handshake,
): SocketLike {
  const address = `${url.replace(/^http/, "ws")}/api/v1${path}${queryText(place.query)}`;
  const protocols = ["taskroom.v1", `taskroom.bearer.${token}`, ...place.protocols];
  try {
    return new WebSocket(address, protocols);
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    const detail = `the address or the token cannot be used for a WebSocket${why}`;
    throw new TaskroomError("invalid_request", detail, { cause });
  }
}
