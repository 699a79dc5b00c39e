import { TaskroomError } from "../errors";
import type { SocketConstructor, SocketLike } from "../options";

/** Where a connection goes on from. */
export type Place = { query: Record<string, string>; protocols: string[] };

type Handshake = { url: string; path: string; token: string; place: Place };

/** Tokens go into the subprotocol list, where no log of addresses holds them. */
export function openSocket(
  WebSocket: SocketConstructor,
  { url, path, token, place }: Handshake,
): SocketLike {
  const address = new URL(`/api/v1${path}`, url);
  address.protocol = address.protocol.replace("http", "ws");
  address.search = new URLSearchParams(place.query).toString();
  const protocols = ["taskroom.v1", `taskroom.bearer.${token}`, ...place.protocols];
  try {
    return new WebSocket(address.href, protocols);
  } catch (cause) {
    const detail = "the address or the token cannot be used for a WebSocket";
    throw new TaskroomError("invalid_request", detail, { cause });
  }
}
