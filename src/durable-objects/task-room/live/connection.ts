import * as z from "zod";
import type { RoomEvent } from "../../../protocol/events";
import { type Principal, principal } from "../../../protocol/identity";
import { LIMITS } from "../../../protocol/limits";

/** What outlives hibernation with a socket; at most 16 KiB serialized. */
export const attachment = z.object({
  connectionId: z.string(),
  /** `null` for a feed, which the worker holds for an event stream. */
  sessionId: z.string().nullable(),
  principal,
  /** Whether the connection gets the task's events. */
  joined: z.boolean(),
  typing: z.boolean(),
  /** Set while it is still being told what it missed; the room's events would come too early. */
  behind: z.boolean(),
  /** Whether it came with a recovery token whose predecessors its first command uses up. */
  unconfirmed: z.boolean(),
  lastActiveAt: z.int(),
});
export type Attachment = z.infer<typeof attachment>;

/** UTF-8 has at most three bytes for a UTF-16 unit. */
const UNIT_BYTES = 3;

/** One socket in the room and who is behind it. */
export class Connection {
  readonly ws: WebSocket;
  #attached: Attachment;
  readonly #limiter = new FrameLimiter();
  /** At most so many bytes are unsent: what was last seen and all sent since; unknown after a wake. */
  #mostUnsent = Number.POSITIVE_INFINITY;
  /** The last command that waits for something, and all behind it. */
  #pending: Promise<unknown> | undefined;
  #isClosed: boolean;

  constructor(ws: WebSocket, attached: Attachment) {
    this.ws = ws;
    this.#isClosed = ws.readyState !== WebSocket.OPEN;
    this.#attached = attached;
  }

  get principal(): Principal {
    return this.#attached.principal;
  }

  get attached(): Attachment {
    return this.#attached;
  }

  /** How it is counted: a socket of its own, or one that feeds an event stream. */
  get kind(): "task" | "stream" {
    return this.#attached.sessionId === null ? "stream" : "task";
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** Whether the connection is here to hear the room. */
  get joined(): boolean {
    return this.#attached.joined && this.isOpen;
  }

  /** Whether the room's events go out here; asks the runtime nothing, which would cost half a send. */
  get hears(): boolean {
    return this.#attached.joined && !this.#attached.behind && !this.#isClosed;
  }

  get isBehind(): boolean {
    return this.#attached.behind;
  }

  get typing(): boolean {
    return this.#attached.typing;
  }

  get limiter(): FrameLimiter {
    return this.#limiter;
  }

  /** Changes what outlives hibernation. */
  attach(patch: Partial<Attachment>): void {
    this.#attached = { ...this.#attached, ...patch };
    this.ws.serializeAttachment(this.#attached);
  }

  isExpired(now: number): boolean {
    const { expiresAt } = this.principal;
    return expiresAt !== null && now >= expiresAt;
  }

  /** Bytes that the socket has not taken yet. */
  get unsent(): number {
    return this.ws.bufferedAmount;
  }

  isTooSlow(): boolean {
    // Asking the socket costs as much as sending does, so it waits until the answer may be yes.
    if (this.#mostUnsent > LIMITS.unsentBytes) this.#mostUnsent = this.unsent;
    return this.#mostUnsent > LIMITS.unsentBytes;
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

  send(event: RoomEvent | object): void {
    this.sendText(JSON.stringify(event));
  }

  sendText(frame: string): void {
    // A socket that closed in this very moment; its close handler comes next.
    if (this.isOpen) this.push(frame);
  }

  /** The same without asking first. */
  push(frame: string): void {
    this.#mostUnsent += frame.length * UNIT_BYTES;
    try {
      this.ws.send(frame);
    } catch {
      // It closed in this very moment; its close handler comes next.
      this.#isClosed = true;
    }
  }

  close(code: number, reason: string): void {
    if (this.isOpen) this.ws.close(code, reason);
    this.#isClosed = true;
  }
}

export type FrameVerdict =
  | { verdict: "pass" }
  | { verdict: "limited"; retryAfterMs: number }
  | { verdict: "close" };

/** Commands and malformed frames of one connection, counted in windows of ten seconds. */
export class FrameLimiter {
  #startedAt = 0;
  #commands = 0;
  #malformed = 0;

  command(now: number): FrameVerdict {
    this.#roll(now);
    this.#commands++;
    if (this.#commands <= LIMITS.commandsPerWindow) return { verdict: "pass" };
    if (this.#commands > LIMITS.commandsPerWindow * LIMITS.floodFactor) return { verdict: "close" };
    const retryAfterMs = this.#startedAt + LIMITS.commandWindowMs - now;
    return { verdict: "limited", retryAfterMs };
  }

  /** Whether one more malformed frame is within the allowance. */
  malformed(now: number): boolean {
    this.#roll(now);
    this.#malformed++;
    return this.#malformed <= LIMITS.malformedPerWindow;
  }

  #roll(now: number): void {
    if (now - this.#startedAt < LIMITS.commandWindowMs) return;
    this.#startedAt = now;
    this.#commands = 0;
    this.#malformed = 0;
  }
}
