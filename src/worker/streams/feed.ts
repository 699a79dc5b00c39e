import type { RoomEvent } from "../../protocol/events";
import { parseJson } from "../../protocol/json";

/** Characters of events that may wait for a slow reader; past them the feed is closed, and resumed. */
const WAITING_CHARS = 4 * 1024 * 1024;

/** A room's events by the worker's own socket, in order: the room can sleep while somebody reads. */
export class Feed {
  readonly #sockets: readonly WebSocket[];
  readonly #waiting: string[] = [];
  #chars = 0;
  #isClosed = false;
  #wake: (() => void) | undefined;

  /** `guard` closes when the reader's credential is revoked, and the feed with it. */
  constructor(room: WebSocket, guard?: WebSocket) {
    this.#sockets = guard ? [room, guard] : [room];
    for (const socket of this.#sockets) {
      socket.addEventListener("close", () => this.close());
      socket.addEventListener("error", () => this.close());
      socket.accept();
    }
    room.addEventListener("message", ({ data }) => this.#hear(String(data)));
  }

  /** The events of the next frame; nothing once the feed is closed and all was read. */
  async next(): Promise<RoomEvent[] | undefined> {
    while (this.#waiting.length === 0 && !this.#isClosed) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    const text = this.#waiting.shift();
    if (text === undefined) return undefined;
    this.#chars -= text.length;
    return eventsIn(text);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.close(1000, "feed over");
    this.#wake?.();
  }

  #hear(text: string): void {
    if (this.#isClosed) return;
    this.#waiting.push(text);
    this.#chars += text.length;
    if (this.#chars > WAITING_CHARS) this.close();
    this.#wake?.();
  }
}

/** A room's frame is our own: what it says has the contract's shape, and unknown types are passed over. */
function eventsIn(text: string): RoomEvent[] {
  const { value } = parseJson(text);
  if (!isTyped(value)) return [];
  const all = value.type === "batch" && Array.isArray(value.data) ? value.data : [value];
  return all.filter(isTyped) as unknown as RoomEvent[];
}

type Typed = { type: unknown; data?: unknown };

function isTyped(value: unknown): value is Typed {
  return typeof value === "object" && value !== null && "type" in value;
}
