import type { ItemOf, TurnItem } from "../turn-view/item";
import type { ArtifactUpdate, WireArtifact, WirePart } from "./wire";

type Piece = Extract<TurnItem, { delta: string }>;
type Shown = {
  id: string;
  name: string;
  text: string;
  /** That the message came with; known once it is kept. */
  files: WirePart[];
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
    return [...this.#shown.values()].filter(isSomething).map(wire);
  }

  /** A new attempt: what it does not keep is taken back at once, lest it stands if nothing follows. */
  restart({ messageId: id, step, kept }: ItemOf<"attempt">): Change[] {
    const none = { text: "", files: [], committed: 0, isKept: false };
    const shown = this.#shown.get(id) ?? { id, name: step, ...none };
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
  fail({ stays }: Pick<ItemOf<"retrying">, "stays">): Change[] {
    const shown = stays && this.#shown.get(stays.messageId);
    // What an agent can go on from asks for nothing, and is told as no round.
    if (shown) shown.committed = stays.kept;
    return this.#takeBack();
  }

  #takeBack(): Change[] {
    return [...this.#shown.values()].filter(({ isKept }) => !isKept).flatMap(takenBack);
  }

  /** The message is whole: nothing is added to it any more. */
  keep({ message }: ItemOf<"message">, files: WirePart[]): Change[] {
    const shown = this.#shown.get(message.id);
    if (!shown) return [];
    const isFirst = !isSomething(shown);
    Object.assign(shown, { isKept: true, files });
    if (!isSomething(shown)) return [];
    const artifact = wire({ ...shown, text: "" });
    return [{ artifact, ...(!isFirst && { append: true }), lastChunk: true }];
  }

  /** The turn is over: what was said and is not kept is void. */
  end(): Change[] {
    for (const shown of this.#shown.values()) if (!shown.isKept) shown.committed = 0;
    return this.#takeBack().map((change) => ({ ...change, lastChunk: true }));
  }
}

function isSomething({ text, files }: Shown): boolean {
  return text !== "" || files.length > 0;
}

/** The text as it stands without what is not committed; files are never. */
function takenBack(shown: Shown): Change[] {
  if (shown.text.length <= shown.committed && shown.files.length === 0) return [];
  shown.text = shown.text.slice(0, shown.committed);
  shown.files = [];
  return [{ artifact: wire(shown) }];
}

/** One part of text, unless there are files alone. */
function wire({ id, name, text, files }: Omit<Shown, "committed" | "isKept">): WireArtifact {
  const words = text === "" && files.length > 0 ? [] : [{ text }];
  return { artifactId: id, name, parts: [...words, ...files] };
}
