import * as z from "zod";
import { CLOSE } from "../../protocol/close-codes";
import { isExpired, type Principal, principal } from "../../protocol/identity";
import { LIMITS } from "../../protocol/limits";
import { FrameLimiter } from "./limiter";
import type { Replay } from "./replay";
import { MOST_UNSENT_BYTES, Unsent } from "./unsent";

/** What outlives hibernation with every socket; at most 16 KiB serialized. */
export const socketAttachment = z.object({
  connectionId: z.string(),
  principal,
  /** Set while it waits to be told what it missed: a new instance can't know how far it was. */
  behind: z.boolean(),
});
export type SocketAttachment = z.infer<typeof socketAttachment>;

/** One socket in a room and who is behind it; `Said` is what it may be sent. */
export class Connection<Attached extends SocketAttachment, Said> {
  readonly ws: WebSocket;
  readonly limiter = new FrameLimiter();
  readonly unsent: Unsent;
  /** What it is being told of what it missed; it hears nothing else meanwhile. */
  replay: Replay | undefined;
  /** While it is being welcomed: nothing that the room says may come before its first frame. */
  isArriving = false;
  /** Called once, when the room has closed it. */
  whenClosed: (() => void) | undefined;
  #attached: Attached;
  #isClosed: boolean;
  #isCutOff = false;

  constructor(ws: WebSocket, attached: Attached) {
    this.ws = ws;
    this.#isClosed = ws.readyState !== WebSocket.OPEN;
    this.#attached = attached;
    this.unsent = new Unsent(ws);
  }

  get principal(): Principal {
    return this.#attached.principal;
  }

  get attached(): Attached {
    return this.#attached;
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** Whether it can hear what is said now; asks the runtime nothing, which would cost half a send. */
  get isLive(): boolean {
    return !this.#isClosed && !this.replay && !this.isArriving;
  }

  /** Whether the room has closed it: what its client has sent before is not carried out any more. */
  get isCutOff(): boolean {
    return this.#isCutOff;
  }

  /** Writes down what outlives hibernation. */
  keep(): void {
    this.ws.serializeAttachment(this.#attached);
  }

  /** Changes what outlives hibernation; writes it down only where it is another now. */
  attach(patch: Partial<Attached>): void {
    const next = { ...this.#attached, ...patch };
    const names = Object.keys(patch) as (keyof Attached)[];
    if (names.every((name) => next[name] === this.#attached[name])) return;
    this.#attached = next;
    if (!this.#isClosed) this.keep();
  }

  isExpired(now: number): boolean {
    return isExpired(this.principal, now);
  }

  /** Whether so much is unsent that more has to wait. */
  isFull(): boolean {
    return this.unsent.isOver(LIMITS.unsentBytes);
  }

  send(said: Said): void {
    this.push(JSON.stringify(said));
  }

  /** Sends a frame to whoever is still there. */
  push(frame: string): void {
    if (this.unsent.isOver(MOST_UNSENT_BYTES)) this.closeAsSlow();
    if (this.#isClosed) return;
    this.unsent.add(frame);
    try {
      this.ws.send(frame);
    } catch {
      // It closed in this very moment; its close handler comes next.
      this.#isClosed = true;
    }
  }

  closeAsSlow(): void {
    this.close(CLOSE.tooSlow, "too slow: resume later");
  }

  /** Ends it for the room at once; its client's answer may take long, or never come. */
  close(code: number, reason: string): void {
    // Who has gone before is only let go of.
    if (!this.#isClosed) this.#isCutOff = true;
    this.end();
    if (this.isOpen) this.ws.close(code, reason);
  }

  /** It is gone, or as good as gone. */
  end(): void {
    this.#isClosed = true;
    this.stopReplay();
    const { whenClosed } = this;
    this.whenClosed = undefined;
    whenClosed?.();
  }

  /** Whoever does not want to hear the room is told nothing more of what was missed. */
  stopReplay(): void {
    this.replay?.stop();
    this.replay = undefined;
  }
}
