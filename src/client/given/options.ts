import { badOptions } from "../errors";
import type { ClientOptions, FetchLike, SocketConstructor, Timing } from "../options";

/** The longest wait that timers can do; a longer one would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1;

/** Throws where something was given that can't be used; what is not given may be there by its first use. */
export function checkOptions(options: ClientOptions): void {
  if (typeof options !== "object" || options === null) {
    throw badOptions("createClient takes one object: { url, token }");
  }
  for (const name of ["fetch", "WebSocket", "random"] as const) {
    const given: unknown = options[name];
    if (given !== undefined && typeof given !== "function") {
      throw badOptions(`${name} is ${given === null ? "null" : typeof given}, not a function`);
    }
  }
}

/** The waits that were given, and else the usual ones. */
export function timingOf(given: Partial<Timing> | undefined, usual: Timing): Timing {
  const timing = { ...usual };
  for (const name of Object.keys(usual) as (keyof Timing)[]) {
    const ms: unknown = given?.[name];
    if (ms === undefined) continue;
    if (typeof ms !== "number" || !(ms >= 0 && ms <= LONGEST_MS)) {
      throw badOptions(`timing.${name} is ${String(ms)}: give 0 to ${LONGEST_MS} milliseconds`);
    }
    timing[name] = ms;
  }
  return timing;
}

/** Asked late: a page may bring one after its client was made. */
export function socketsOf({ WebSocket = globalThis.WebSocket }: ClientOptions): SocketConstructor {
  if (typeof WebSocket === "function") return WebSocket;
  const since = "Node has one from version 22 on";
  throw badOptions(`there is no WebSocket here (${since}): give createClient one as WebSocket`);
}

export function fetchOf(options: ClientOptions): FetchLike {
  if (options.fetch) return options.fetch;
  if (typeof globalThis.fetch === "function") {
    return (address, init) => globalThis.fetch(address, init);
  }
  const since = "Node has one from version 18 on";
  throw badOptions(`there is no fetch here (${since}): give createClient one as fetch`);
}
