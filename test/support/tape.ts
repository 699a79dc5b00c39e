import * as z from "zod";
import type { RoomState } from "../../src/protocol/room-state";
import { Frames } from "./frames";

const batch = z.object({ type: z.literal("batch"), data: z.array(z.unknown()) });

/** Frames that keep the state after each event: every point at which a client may be lost. */
export class Tape extends Frames {
  readonly states: RoomState[] = [];

  override take(text: string): void {
    for (const event of unpacked(text)) {
      super.take(event);
      if (this.state && this.state !== this.states.at(-1)) this.states.push(this.state);
    }
  }
}

function unpacked(text: string): string[] {
  const packed = batch.safeParse(JSON.parse(text));
  return packed.success ? packed.data.data.map((event) => JSON.stringify(event)) : [text];
}
