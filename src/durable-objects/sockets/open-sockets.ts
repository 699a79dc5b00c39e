import { CLOSE } from "../../protocol/close-codes";
import { endSocket } from "./close-echo";
import type { Connection, SocketAttachment } from "./connection";

/** As if the client had said nothing (RFC 6455, section 7.4.1). */
const NO_CODE = 1006;

/**
 * The sockets of a room, found again after hibernation by what is attached to them. A connection is
 * here until its client closes it or the room does, whichever comes first: a client that does not
 * answer the room's close is not counted for it.
 */
export class OpenSockets<C extends Connection<SocketAttachment, never>> {
  readonly #all = new Map<WebSocket, C>();
  #whenGone: (connection: C) => void = () => undefined;

  /** `revive` gives nothing for a socket whose attachment it can't read. */
  constructor(sockets: WebSocket[], revive: (ws: WebSocket) => C | undefined) {
    for (const ws of sockets) {
      const connection = revive(ws);
      if (connection) this.#add(connection);
      // One that was let go of, or of an older form, which has to come back.
      else if (ws.readyState === WebSocket.OPEN) ws.close(CLOSE.restart, "restart");
    }
  }

  /** Tells of each connection that goes, once and after it has gone. */
  watch(whenGone: (connection: C) => void): void {
    this.#whenGone = whenGone;
    // Those that an earlier instance was telling what they missed have to come back.
    for (const connection of this.all()) {
      if (connection.attached.behind) connection.close(CLOSE.restart, "restart");
    }
  }

  get size(): number {
    return this.#all.size;
  }

  all(): C[] {
    return [...this.#all.values()];
  }

  of(ws: WebSocket): C | undefined {
    return this.#all.get(ws);
  }

  /**
   * From here on it counts; where it can't be welcomed, no more. What the room says meanwhile does not
   * reach it but by its welcome. Rethrows why.
   */
  letIn(connection: C, welcome: () => void): void {
    this.#add(connection);
    connection.isArriving = true;
    try {
      welcome();
    } catch (error) {
      connection.close(CLOSE.restart, "restart");
      throw error;
    } finally {
      connection.isArriving = false;
    }
  }

  /** Its client has closed it, or it broke. The room has let go of it before anything else can fail. */
  closed(ws: WebSocket, code = NO_CODE): void {
    try {
      this.#all.get(ws)?.end();
    } finally {
      endSocket(ws, code);
    }
  }

  /** When the first credential of an open socket runs out; milliseconds since 1970. */
  nextExpiry(): number | undefined {
    const times = this.all().flatMap(({ principal }) => principal.expiresAt ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #add(connection: C): void {
    this.#all.set(connection.ws, connection);
    connection.whenClosed = () => this.#remove(connection);
  }

  #remove(connection: C): void {
    this.#all.delete(connection.ws);
    try {
      // After a wake it must not be taken for one that is still here.
      connection.ws.serializeAttachment(null);
    } finally {
      this.#whenGone(connection);
    }
  }
}
