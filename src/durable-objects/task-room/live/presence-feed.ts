import type { RoomEvent } from "../../../protocol/events";
import type { Presence } from "../../../protocol/events/presence";
import { toTimestamp } from "../../../protocol/time";
import { packed } from "../../sockets/packing";
import type { RoomConnection } from "./connection";
import { type Connections, presenceOf } from "./connections";
import type { FanOut } from "./fan-out";

type Parts = { connections: Connections; fanOut: FanOut; now(): number };
type PresenceEvent = Extract<RoomEvent, { type: "presence" }>;
type News = { from: RoomConnection; state: Presence["state"]; event: PresenceEvent };

/** How long news gather after some were told: a crowd that comes at once costs a frame per window. */
const WINDOW_MS = 20;

/**
 * Tells everyone else who comes, goes and types. The first news go out at once; what follows within
 * the window is told together. Nobody hears of themselves, nor of what their own welcome has said.
 * Whoever does not hear the room meanwhile is owed the last news of each user.
 */
export class PresenceFeed {
  readonly #parts: Parts;
  #gathered: News[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What connections are owed that this instance knows to have heard everything before. */
  readonly #owed = new WeakMap<RoomConnection, Map<string, PresenceEvent>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  tell(from: RoomConnection, state: Presence["state"]): void {
    const { principal } = from;
    const connections = this.#parts.connections.countOf(principal.userId);
    const data = { ...presenceOf(principal), state, connections };
    this.#gathered.push({ from, state, event: this.#eventOf(data) });
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
    const { connections, fanOut } = this.#parts;
    const sources = new Set(news.map(({ from }) => from));
    const forAll = packed(news.map(({ event }) => event));
    fanOut.sendEach((connection) =>
      sources.has(connection) ? packed(heardBy(connection, news)) : forAll,
    );
    for (const connection of connections.all()) {
      if (!connection.hears) this.#owe(connection, heardBy(connection, news));
    }
  }

  /** From now on the connection may not hear the room; it has heard all that was told so far. */
  beginOwing(connection: RoomConnection): void {
    this.#owed.set(connection, new Map());
  }

  /** Sends what a connection is owed that will hear the room again at once. */
  settle(connection: RoomConnection): void {
    this.flush();
    const owed = this.#owed.get(connection);
    this.#owed.delete(connection);
    const events = owed ? [...owed.values()] : this.#everybody();
    for (const frame of packed(events)) connection.push(frame);
  }

  #owe(connection: RoomConnection, events: PresenceEvent[]): void {
    const owed = this.#owed.get(connection);
    for (const event of events) {
      // In the order of what is last.
      owed?.delete(event.data.userId);
      owed?.set(event.data.userId, event);
    }
  }

  /** For one that has been away since before this instance woke. */
  #everybody(): PresenceEvent[] {
    return this.#parts.connections.presence().map((data) => this.#eventOf(data));
  }

  #eventOf(data: Presence): PresenceEvent {
    return { type: "presence", ts: toTimestamp(this.#parts.now()), data };
  }
}

/** What is news to one of those whom they may be about. */
function heardBy(connection: RoomConnection, news: News[]): PresenceEvent[] {
  const isWelcome = ({ from, state }: News) => from === connection && state === "joined";
  return news
    .slice(news.findLastIndex(isWelcome) + 1)
    .filter(({ from }) => from !== connection)
    .map(({ event }) => event);
}
