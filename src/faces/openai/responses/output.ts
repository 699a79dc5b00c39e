import type { Link } from "../../files/links";
import type { Frame } from "./frame";
import {
  type CallItem,
  type ItemStatus,
  type MessageItem,
  type OutputItem,
  type SpokenItem,
  saying,
  textPart,
} from "./output-item";
import { type Place, Sequence } from "./sequence";

/** An item where it stands in the answer. */
export type Entry<Item extends OutputItem = OutputItem> = {
  item: Item;
  /** In the stream, where items that are void since count too. */
  index: number;
  isOpen: boolean;
  /** Of which message; absent of what belongs to none. */
  messageId?: string;
  round: number;
};

/** What is written bit by bit, with what it says by now. */
export type Spoken = Entry<SpokenItem> & { text: string };

type Linked = { text: string; links: readonly Link[] };
type Where = Pick<Entry, "round"> & { messageId?: string };
type Fields = { [field: string]: unknown };

/** The items of a response, and the frames that tell of them. */
export class Output {
  readonly #sequence = new Sequence();
  #entries: Entry[] = [];
  #count = 0;

  /** What stands, in its order. */
  get items(): OutputItem[] {
    return this.#entries.map(({ item }) => item);
  }

  frame(place: Place, type: Frame["type"], fields: Fields): Frame {
    return { type, sequence_number: this.number(place), ...fields };
  }

  /** The number of what is told next. */
  number(place: Place): number {
    return this.#sequence.next(place);
  }

  add<Item extends OutputItem>(item: Item, where: Where): Entry<Item> {
    const entry = { item, index: this.#count++, isOpen: true, ...where };
    this.#entries.push(entry);
    return entry;
  }

  /** Takes away what is void; it stays told. */
  drop(isVoid: (entry: Entry) => boolean): void {
    this.#entries = this.#entries.filter((entry) => !isVoid(entry));
  }

  added({ index, item }: Entry, place: Place): Frame {
    return this.frame(place, "response.output_item.added", { output_index: index, item });
  }

  done(entry: Entry, place: Place): Frame {
    entry.isOpen = false;
    const { index, item } = entry;
    return this.frame(place, "response.output_item.done", { output_index: index, item });
  }

  /** An item that will say something, and its one part. */
  speak(item: SpokenItem, where: Where, place: Place): { entry: Spoken; frames: Frame[] } {
    const entry: Spoken = Object.assign(this.add(item, where), { text: "" });
    const part = saying(item, "").content[0];
    const frames = [
      this.added(entry, place),
      this.frame(place, "response.content_part.added", { ...at(entry), part }),
    ];
    // From here on it has its part also where nothing is said.
    entry.item = saying(item, "");
    return { entry, frames };
  }

  /** An item that is a text with links in it, told at once; `places`: of its begin, and of its text's. */
  link(item: MessageItem, { text, links }: Linked, where: Where, places: [Place, Place]): Frame[] {
    const [begin, written] = places;
    const { entry, frames } = this.speak(item, where, begin);
    const offset = (written.offset ?? 0) + text.length;
    const said = this.write(entry, text, { ...written, offset });
    entry.item = { ...item, content: [textPart(text, links)] };
    return [...frames, said, ...this.closeSpoken(entry, "completed", begin)];
  }

  write(entry: Spoken, delta: string, place: Place): Frame {
    this.amend(entry, delta);
    const kind = kindOf(entry);
    const more = kind === "output_text" ? { logprobs: [] } : {};
    return this.frame(place, `response.${kind}.delta`, { ...at(entry), delta, ...more });
  }

  /** What is said too late to be told is in the item all the same. */
  amend(entry: Spoken, delta: string): void {
    entry.text += delta;
    entry.item = saying(entry.item, entry.text);
  }

  closeSpoken(entry: Spoken, status: ItemStatus, place: Place): Frame[] {
    if (!entry.isOpen) return [];
    entry.item = { ...entry.item, status };
    const kind = kindOf(entry);
    const part = entry.item.content[0];
    const more = kind === "output_text" ? { logprobs: [] } : {};
    return [
      this.frame(place, `response.${kind}.done`, { ...at(entry), text: entry.text, ...more }),
      this.frame(place, "response.content_part.done", { ...at(entry), part }),
      this.done(entry, place),
    ];
  }

  closeCall(entry: Entry<CallItem>, item: CallItem, place: Place): Frame[] {
    if (!entry.isOpen) return [];
    entry.item = item;
    const { status, id } = item;
    const named = { item_id: id, output_index: entry.index };
    const isOver = status === "completed" || status === "failed";
    return [
      ...(isOver ? [this.frame(place, `response.mcp_call.${status}`, named)] : []),
      this.done(entry, place),
    ];
  }
}

function kindOf({ item }: Spoken): "output_text" | "reasoning_text" {
  return item.type === "message" ? "output_text" : "reasoning_text";
}

function at({ item, index }: Entry): Fields {
  return { item_id: item.id, output_index: index, content_index: 0 };
}
