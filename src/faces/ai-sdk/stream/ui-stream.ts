import type { Turn } from "../../../protocol/turn";
import type { ItemOf, TurnItem } from "../../turn-view/item";
import type { UiChunk, UiMetadata } from "../chunk";
import { nothingShown, type Shown, shownAfter } from "../shown/shown";
import { Asides, aside } from "./aside";
import { ending } from "./ending";
import { increments, opened } from "./increments";

/** A client that has the turn up to a wait, and goes on from there with its answers. */
export type GoesOn = {
  /** The ids of the approvals, and of the calls, that the client has answered. */
  answered: ReadonlySet<string>;
};

/** `origin`: under which it fetches files. */
export type Reader = { origin: string; goesOn?: GoesOn | undefined };

/**
 * A turn's items as the chunks of one UI message: what is shown by now at once, then what happens, until
 * the turn is over or waits for somebody.
 */
export async function* uiStream(
  items: AsyncIterable<TurnItem>,
  turn: Turn,
  { origin, goesOn }: Reader,
): AsyncGenerator<UiChunk[], void> {
  const start: UiChunk = { type: "start", messageId: turn.id, messageMetadata: metadataOf(turn) };
  const past = new Past(nothingShown(turn.id, origin), goesOn);
  let shown: Shown | undefined;
  for await (const item of items) {
    if (!shown) {
      past.hear(item);
      if (item.type !== "live" && item.type !== "ended") continue;
      shown = past.shown;
      yield [start, ...past.chunks];
      if (past.wait) return yield* waited(turn);
    } else {
      const next = shownAfter(shown, item);
      const said = aside(item);
      const chunks = [...increments(shown.parts, next.parts), ...(said ? [said] : [])];
      shown = next;
      if (chunks.length > 0) yield chunks;
      if (item.type === "waiting") return yield* waited(turn);
    }
    if (item.type === "ended") yield ending(item, shown.messages, metadataOf(turn));
  }
}

/** The protocol has a message end where its reader is to do something. */
function* waited(turn: Turn): Generator<UiChunk[], void> {
  const messageMetadata = { ...metadataOf(turn), status: "WAITING" };
  yield [{ type: "finish-step" }, { type: "finish", finishReason: "tool-calls", messageMetadata }];
}

export function metadataOf({ id, taskId, firstSeq }: Turn): UiMetadata {
  return { taskId, turnId: id, ...(firstSeq !== undefined && { seq: firstSeq }) };
}

/** What has happened before a client came. */
class Past {
  shown: Shown;
  wait: ItemOf<"waiting"> | undefined;
  readonly #asides = new Asides();
  readonly #goesOn: GoesOn | undefined;
  /** What a client that goes on has been told. */
  #had: Shown | undefined;

  constructor(shown: Shown, goesOn: GoesOn | undefined) {
    this.shown = shown;
    this.#goesOn = goesOn;
  }

  hear(item: TurnItem): void {
    const next = shownAfter(this.shown, item);
    if (this.#goesOn && !this.#had && this.#answers(next)) this.#had = this.shown;
    this.shown = next;
    this.#asides.hear(item);
    if (item.type === "waiting") this.wait = item;
    else if (item.type === "working" || item.type === "ended") this.wait = undefined;
  }

  /** Whether one of the client's answers has been heard by now. */
  #answers({ parts }: Shown): boolean {
    return parts.some(
      (part) =>
        part.kind === "tool" &&
        (part.approval?.approved !== undefined || part.state.startsWith("output-")) &&
        (this.#goesOn?.answered.has(part.approval?.id ?? part.toolCallId) ?? false),
    );
  }

  get chunks(): UiChunk[] {
    return [...this.#parts(), ...this.#asides.chunks];
  }

  #parts(): UiChunk[] {
    const { parts } = this.shown;
    if (!this.#goesOn) return [{ type: "start-step" }, ...parts.flatMap(opened)];
    if (this.#had) return increments(this.#had.parts, parts);
    // Its log is gone, or another answer stood: what the client has is made right.
    return [{ type: "reset-step" }, ...parts.flatMap(opened)];
  }
}
