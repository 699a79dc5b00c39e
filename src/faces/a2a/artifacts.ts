import type { ItemOf, TurnItem } from "../turn-view/item";
import type { ArtifactUpdate, WireArtifact } from "./wire";

type Piece = Extract<TurnItem, { delta: string }>;
type Shown = { id: string; name: string; text: string; isKept: boolean };
/** What an update says of an artifact, without the task that it is in. */
export type Change = Omit<ArtifactUpdate, "taskId" | "contextId">;

/** A turn's messages as the protocol has them: an artifact for each, whose text grows. */
export class Artifacts {
  readonly #shown = new Map<string, Shown>();

  /** What there is to see, in the order in which it began. */
  get all(): WireArtifact[] {
    return [...this.#shown.values()].filter(({ text }) => text !== "").map(wire);
  }

  /** A new attempt: what it does not keep is taken back at once, lest it stands if nothing follows. */
  restart({ messageId, step, kept }: ItemOf<"attempt">): Change[] {
    const before = this.#shown.get(messageId);
    const text = before?.text.slice(0, kept) ?? "";
    const shown = { id: messageId, name: step, text, isKept: false };
    this.#shown.set(messageId, shown);
    return before && before.text.length > text.length ? [{ artifact: wire(shown) }] : [];
  }

  grow({ messageId, delta }: Piece): Change[] {
    const shown = this.#shown.get(messageId);
    if (!shown) return [];
    const isFirst = shown.text === "";
    shown.text += delta;
    const artifact = wire({ ...shown, text: delta });
    return [isFirst ? { artifact } : { artifact, append: true }];
  }

  /** The message is whole: nothing is added to it any more. */
  keep({ message }: ItemOf<"message">): Change[] {
    const shown = this.#shown.get(message.id);
    if (!shown) return [];
    shown.isKept = true;
    if (shown.text === "") return [];
    return [{ artifact: wire({ ...shown, text: "" }), append: true, lastChunk: true }];
  }

  /** The turn is over: what was said and is not kept is void. */
  end(): Change[] {
    const isVoid = ({ isKept, text }: Shown) => !isKept && text !== "";
    return [...this.#shown.values()].filter(isVoid).map((shown) => {
      shown.text = "";
      return { artifact: wire(shown), lastChunk: true };
    });
  }
}

function wire({ id, name, text }: Shown): WireArtifact {
  return { artifactId: id, name, parts: [{ text }] };
}
