import * as z from "zod";
import { userEvent } from "../../src/protocol/user-events";
import { Frames } from "./frames";

/** What the user's own room says; it is folded into nothing. */
export class UserFrames extends Frames {
  protected override fold(): void {}

  /** In short, in order. */
  types(): string[] {
    return this.logged().map(({ type }) => type);
  }

  /** Numbered without gaps or doubles, each as the schema has it. */
  seqs(): number[] {
    return this.logged().map((frame) => userEvent.parse(frame).seq);
  }

  unread(): number | undefined {
    const last = this.of("unread").at(-1);
    return last && z.object({ count: z.number() }).parse(last.data).count;
  }
}
