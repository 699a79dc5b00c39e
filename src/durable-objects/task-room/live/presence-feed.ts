import type { RoomEvent } from "../../../protocol/events";
import type { Presence } from "../../../protocol/events/presence";
import { toTimestamp } from "../../../protocol/time";
import type { Connection } from "./connection";
import { type Connections, presenceOf } from "./connections";
import { type FanOut, packed } from "./fan-out";

type Parts = { connections: Connections; fanOut: FanOut; now(): number };
type News = { from: Connection; state: Presence["state"]; event: RoomEvent };

/** How long news gather after some were told: a crowd that comes at once costs a frame per window. */
const WINDOW_MS = 20;

/**
 * Tells everyone else who comes, goes and types. The first news go out at once; what follows within
 * the window is told together. Nobody hears of themselves, nor of what their own welcome has said.
 */
export class PresenceFeed {
  readonly #parts: Parts;
  #gathered: News[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  tell(from: Connection, state: Presence["state"]): void {
    const { principal } = from;
    const connections = this.#parts.connections.countOf(principal.userId);
    const ts = toTimestamp(this.#parts.now());
    const data = { ...presenceOf(principal), state, connections };
    this.#gathered.push({ from, state, event: { type: "presence", ts, data } });
    if (this.#timer === undefined) this.#begin();
  }

  /** Each window that had news is followed by another. */
  #begin(): void {
    this.#timer =
      this.#gathered.length > 0 ? setTimeout(() => this.#begin(), WINDOW_MS) : undefined;
    this.flush();
  }

  /** Tells what has gathered, before something that comes after it. */
  flush(): void {
    const news = this.#gathered;
    if (news.length === 0) return;
    this.#gathered = [];
    const sources = new Set(news.map(({ from }) => from));
    const forAll = packed(news.map(({ event }) => event));
    this.#parts.fanOut.sendEach((connection) => {
      if (!sources.has(connection)) return forAll;
      const events = heardBy(connection, news);
      return events.length > 0 ? packed(events) : undefined;
    });
  }
}

/** What is news to one of those whom they are about. */
function heardBy(connection: Connection, news: News[]): RoomEvent[] {
  const isWelcome = ({ from, state }: News) => from === connection && state === "joined";
  return news
    .slice(news.findLastIndex(isWelcome) + 1)
    .filter(({ from }) => from !== connection)
    .map(({ event }) => event);
}
