import type { ItemOf, TurnItem } from "../turn-view/item";
import type { ArtifactUpdate, WireArtifact } from "./wire";

type Piece = Extract<TurnItem, { delta: string }>;
type Shown = {
  id: string;
  name: string;
  text: string;
  /** What of the text stays if the attempt fails: UTF-16 units. */
  committed: number;
  isKept: boolean;
};
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
  restart({ messageId: id, step, kept }: ItemOf<"attempt">): Change[] {
    const shown = this.#shown.get(id) ?? { id, name: step, text: "", committed: 0, isKept: false };
    Object.assign(shown, { committed: kept, isKept: false });
    this.#shown.set(id, shown);
    return takenBack(shown);
  }

  grow({ messageId, delta }: Piece): Change[] {
    const shown = this.#shown.get(messageId);
    if (!shown) return [];
    const isFirst = shown.text === "";
    shown.text += delta;
    const artifact = wire({ ...shown, text: delta });
    return [isFirst ? { artifact } : { artifact, append: true }];
  }

  commit({ messageId, textOffset }: ItemOf<"round">): void {
    const shown = this.#shown.get(messageId);
    if (shown) shown.committed = textOffset;
  }

  /** The attempt has failed, and another will follow. */
  fail(): Change[] {
    return [...this.#shown.values()].filter(({ isKept }) => !isKept).flatMap(takenBack);
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
    for (const shown of this.#shown.values()) if (!shown.isKept) shown.committed = 0;
    return this.fail().map((change) => ({ ...change, lastChunk: true }));
  }
}

/** The text as it stands without what is not committed. */
function takenBack(shown: Shown): Change[] {
  if (shown.text.length <= shown.committed) return [];
  shown.text = shown.text.slice(0, shown.committed);
  return [{ artifact: wire(shown) }];
}

function wire({ id, name, text }: Pick<Shown, "id" | "name" | "text">): WireArtifact {
  return { artifactId: id, name, parts: [{ text }] };
}
