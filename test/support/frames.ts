import * as z from "zod";
import { applyEvent } from "../../src/engine/fold/fold";
import type { RoomEvent } from "../../src/protocol/events";
import type { RoomState } from "../../src/protocol/room-state";

const event = z.looseObject({
  type: z.string(),
  seq: z.number().optional(),
  ref: z.string().optional(),
  data: z.unknown().optional(),
  error: z.looseObject({ code: z.string() }).optional(),
});
export type Frame = z.infer<typeof event>;
const events = z.array(event);

export type Closed = { code: number; reason: string };

/** What a socket said, in order, folded as every client folds it. */
export class Frames {
  readonly all: Frame[] = [];
  state: RoomState | undefined;
  closed: Closed | undefined;

  /** `state`: what a client that comes back already has. */
  constructor(state?: RoomState) {
    this.state = state;
  }

  #wakeUps = new Set<() => void>();

  take(text: string): void {
    const frame = event.parse(JSON.parse(text));
    for (const one of frame.type === "batch" ? events.parse(frame.data) : [frame]) this.#hear(one);
    this.#wake();
  }

  #hear(frame: Frame): void {
    this.all.push(frame);
    if (frame.type !== "ack" && frame.type !== "error") this.fold(frame);
  }

  /** The fold is given what the server sent; a wrong shape shows in the state. */
  protected fold(frame: Frame): void {
    this.state = applyEvent(this.state, frame as unknown as RoomEvent);
  }

  close(closed: Closed): void {
    this.closed ??= closed;
    this.#wake();
  }

  logged(): Frame[] {
    return this.all.filter((frame) => frame.seq !== undefined);
  }

  of(type: string): Frame[] {
    return this.all.filter((frame) => frame.type === type);
  }

  /** The first frame that fits, of those that came or will come. */
  async next(fits: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    for (;;) {
      for (let i = from; i < this.all.length; i++) {
        const frame = this.all[i];
        if (frame && fits(frame)) return frame;
      }
      if (this.closed) throw new Error(`closed with ${this.closed.code} while waiting`);
      await this.#change();
    }
  }

  async whenClosed(): Promise<Closed> {
    while (!this.closed) await this.#change();
    return this.closed;
  }

  #change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wakeUps.add(resolve);
    return promise;
  }

  #wake(): void {
    for (const resolve of this.#wakeUps) resolve();
    this.#wakeUps.clear();
  }
}
