import { checkOptions, fetchOf, socketsOf, timingOf } from "../given/options";
import { type AskToken, tokenFrom } from "../given/token";
import { serverAt } from "../given/url";
import type { ClientOptions, SocketConstructor, Timing } from "../options";
import { type BlobRequest, blobRequester, type Request, requester } from "./request";

/** What every connection of a client shares. */
export type Context = {
  /** Where the server is; throws a `TaskroomError` where that is not known. */
  url: () => string;
  token: AskToken;
  request: Request;
  /** What is fetched and is no JSON. */
  fetchBlob: BlobRequest;
  /** Throws a `TaskroomError` where there is none. */
  sockets: () => SocketConstructor;
  random: () => number;
  timing: Timing;
};

export const TIMING: Timing = {
  backoffMs: 500,
  maxBackoffMs: 30_000,
  stableMs: 5_000,
  pingMs: 25_000,
  pongMs: 10_000,
  handshakeMs: 15_000,
  requestMs: 30_000,
};

/** Throws a `TaskroomError` where the options can't be used. */
export function contextOf(options: ClientOptions): Context {
  checkOptions(options);
  const url = serverAt(options.url);
  const timing = timingOf(options.timing, TIMING);
  const token = tokenFrom(options.token, timing.requestMs);
  const parts = { url, token, timeoutMs: timing.requestMs, fetch: () => fetchOf(options) };
  return {
    url,
    token,
    timing,
    random: options.random ?? Math.random,
    sockets: () => socketsOf(options),
    request: requester(parts),
    fetchBlob: blobRequester(parts),
  };
}
