import * as z from "zod";
import type { NoteAck } from "../../../protocol/commands/chat-note";
import type { HistoryPage } from "../../../protocol/commands/history-sync";
import type { SendAck } from "../../../protocol/commands/send-ack";
import type { RoomEvent } from "../../../protocol/events";
import type { RoomState } from "../../../protocol/room-state";
import { Connection, socketAttachment } from "../../sockets/connection";
import type { Reply } from "../../sockets/reply";

const roomAttachment = socketAttachment.extend({
  /** `null` for a feed, which the worker holds for an event stream. */
  sessionId: z.string().nullable(),
  /** Whether the connection gets the task's events. */
  joined: z.boolean(),
  typing: z.boolean(),
  /** Whether it came with a recovery token whose predecessors its first command uses up. */
  unconfirmed: z.boolean(),
  /** When it last sent a frame, or somewhat before that; milliseconds since 1970. */
  lastActiveAt: z.int(),
});
export type RoomAttachment = z.infer<typeof roomAttachment>;

/** What the acknowledgement of a command says. */
export type Acknowledged =
  | SendAck
  | NoteAck
  | HistoryPage
  | { turnId: string | null }
  | { headSeq: number; epoch: string; state?: RoomState }
  | Record<string, never>;

/** One socket in a task's room. */
export class RoomConnection extends Connection<RoomAttachment, RoomEvent | Reply<Acknowledged>> {
  /** Exact only where a frame came, or the connection, since this instance woke. */
  #lastActiveAt: number | undefined;
  /** The last command that waits for something, and all behind it. */
  #pending: Promise<unknown> | undefined;

  /** A client that has just come. */
  static arrived(ws: WebSocket, attached: RoomAttachment): RoomConnection {
    const connection = new RoomConnection(ws, attached);
    connection.#lastActiveAt = attached.lastActiveAt;
    connection.keep();
    return connection;
  }

  /** One that outlived hibernation; nothing where it is of another form. */
  static revived(ws: WebSocket): RoomConnection | undefined {
    const attached = roomAttachment.safeParse(ws.deserializeAttachment());
    return attached.success ? new RoomConnection(ws, attached.data) : undefined;
  }

  /** How it is counted: a socket of its own, or one that feeds an event stream. */
  get kind(): "task" | "stream" {
    return this.attached.sessionId === null ? "stream" : "task";
  }

  /** Whether the connection is here to hear the room. */
  get joined(): boolean {
    return this.attached.joined;
  }

  /** Whether the room's events go out here. */
  get hears(): boolean {
    return this.attached.joined && this.isLive;
  }

  get typing(): boolean {
    return this.attached.typing;
  }

  /** Its client has sent a frame. That is written down only where it was `keptForMs` ago at last. */
  touch(now: number, keptForMs: number): void {
    this.#lastActiveAt = now;
    if (now - this.attached.lastActiveAt >= keptForMs) this.attach({ lastActiveAt: now });
  }

  /**
   * When its client last sent a frame; milliseconds since 1970. After a wake it may be up to
   * `keptForMs` later than it was, but never sooner: no session ends before its time.
   */
  lastActiveAt(now: number, keptForMs: number): number {
    return this.#lastActiveAt ?? Math.min(now, this.attached.lastActiveAt + keptForMs);
  }

  /** Does a command behind those that wait; at once where none does. */
  inOrder<T>(work: () => T | Promise<T>): T | Promise<T> {
    if (!this.#pending) return work();
    const late = this.#pending.then(work);
    this.holdUp(late);
    return late;
  }

  /** The connection's further commands wait for this one. */
  holdUp(command: Promise<unknown>): void {
    const pending = command
      .catch(() => undefined)
      .then(() => {
        if (this.#pending === pending) this.#pending = undefined;
      });
    this.#pending = pending;
  }
}
