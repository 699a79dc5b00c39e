import { type Fields, isFields } from "../json";
import {
  addedItem,
  deltaEvent,
  doneItem,
  type Item,
  type Kind,
  kindOf,
  partBegun,
  TEXT,
  THOUGHT,
  textOf,
} from "./responses-item";
import { argumentsIn, idIn, textIn, wordIn } from "./said-values";

const ADDED = "response.output_item.added";
const DONE = "response.output_item.done";

/** The items of an answer: words, thinking and calls of our tools; of any other kind nobody hears. */
export class ResponsesItems {
  readonly #items: Item[] = [];

  /** Whether anything was said. */
  get hasAny(): boolean {
    return this.#items.some(({ kind }) => kind !== "other");
  }

  take(event: Fields, name: string): Fields[] {
    const { item, delta, part } = event;
    switch (wordIn(event.type) ?? name) {
      case ADDED:
        return this.#known(item, event) ? [] : this.#add(item, event);
      case DONE:
        return this.#sum(item, event);
      case TEXT:
      case "response.refusal.delta":
        return this.#say("message", event, textIn(delta));
      case "response.output_text.done":
        return this.#rest("message", event, textIn(event.text));
      case "response.refusal.done":
        return this.#rest("message", event, textIn(event.refusal));
      case "response.content_part.done":
        return isFields(part) ? this.#restOfPart(part, event) : [];
      case THOUGHT:
      case "response.reasoning_summary.delta":
      case "response.reasoning_text.delta":
      case "response.reasoning.delta":
        return this.#say("reasoning", event, textIn(delta), event.summary_index);
      case "response.function_call_arguments.delta":
        return this.#addArguments(event, textIn(delta));
      case "response.function_call_arguments.done":
        return this.#addArguments(event, argumentsIn(event.arguments), true);
      default:
        return [];
    }
  }

  /** All items, of which some or all were told before. */
  sum(all: readonly unknown[]): Fields[] {
    const seen: Record<string, number> = {};
    return all.filter(isFields).flatMap((item, place) => {
      const kind = kindOf(item.type);
      const nth = seen[kind] ?? 0;
      seen[kind] = nth + 1;
      return this.#sum(item, { output_index: place }, (same) => same[nth]);
    });
  }

  /** Whatever was begun and not ended, at the end of its answer. */
  finishAll(): Fields[] {
    return this.#items.flatMap((item) => this.#finish(item, {}));
  }

  #sum(said: unknown, event: Fields, otherwise = lastOpen(event)): Fields[] {
    const given = isFields(said) ? said : {};
    const known = this.#known(given, event) ?? otherwise(this.#alike(given));
    const before = known ? [] : this.#add(given, event);
    const item = known ?? this.#items.at(-1);
    return item ? [...before, ...this.#finish(item, given)] : before;
  }

  /** The item that is spoken of again: by its id, by its place, or by what it says. */
  #known(said: unknown, { output_index: at }: Fields): Item | undefined {
    const given = isFields(said) ? said : {};
    const call = wordIn(given.call_id);
    const text = textOf(kindOf(given.type), given);
    const same = this.#alike(given);
    return (
      same.find((item) => item.id === given.id || (call !== undefined && item.call.id === call)) ??
      same.find((item) => at !== undefined && item.place === at) ??
      same.find((item) => text !== "" && item.said === text)
    );
  }

  #alike({ type }: Fields): Item[] {
    return this.#items.filter(({ kind }) => kind === kindOf(type));
  }

  #finish(item: Item, given: Fields): Fields[] {
    if (item.isDone || item.kind === "other") return [];
    const rest = this.#remainder(item, textOf(item.kind, given));
    item.isDone = true;
    return [...rest, { type: DONE, output_index: item.index, item: doneItem(item, given) }];
  }

  #add(said: unknown, event: Fields): Fields[] {
    const given = isFields(said) ? said : {};
    const item: Item = {
      kind: kindOf(given.type),
      id: idIn(given.id ?? event.item_id),
      index: this.#items.length,
      place: event.output_index,
      said: "",
      call: {
        id: wordIn(given.call_id),
        name: textIn(given.name),
        arguments: argumentsIn(given.arguments),
      },
      parts: new Set([0]),
      isDone: false,
    };
    this.#items.push(item);
    if (item.kind === "other") return [];
    return [{ type: ADDED, output_index: item.index, item: addedItem(item, given) }];
  }

  #say(kind: Kind, event: Fields, delta: string, part: unknown = 0): Fields[] {
    const before = this.#at(event) ? [] : this.#add({ type: kind }, event);
    const item = this.#at(event) ?? this.#items.at(-1);
    if (!item || item.kind !== kind || delta === "") return before;
    item.said += delta;
    const number = typeof part === "number" ? part : 0;
    return [...before, ...partBegun(item, number), deltaEvent(item, delta, number)];
  }

  /** What was not told in pieces. */
  #rest(kind: Kind, event: Fields, whole: string): Fields[] {
    const item = this.#at(event);
    if (!item) return whole === "" ? [] : this.#say(kind, event, whole);
    return item.kind === kind ? this.#remainder(item, whole) : [];
  }

  #restOfPart({ type, text, refusal }: Fields, event: Fields): Fields[] {
    const isWords = type === "output_text" || type === "refusal";
    // A message of several parts has the others' words before these.
    const isOnly = event.content_index === undefined || event.content_index === 0;
    return isWords && isOnly ? this.#rest("message", event, textIn(text ?? refusal)) : [];
  }

  #remainder(item: Item, whole: string): Fields[] {
    const rest = whole.startsWith(item.said) ? whole.slice(item.said.length) : "";
    if (rest === "" || item.kind === "function_call") return [];
    item.said += rest;
    return [deltaEvent(item, rest, 0)];
  }

  /** `isAll`: not a piece of them. */
  #addArguments(event: Fields, given: string, isAll = false): Fields[] {
    const item = this.#at(event);
    if (item?.kind !== "function_call") return [];
    if (!isAll) item.call.arguments += given;
    else if (given !== "") item.call.arguments = given;
    return [];
  }

  /** By its place, its id, or as the last that was begun. */
  #at({ output_index, item_id }: Fields): Item | undefined {
    const isPlaced = typeof output_index === "number";
    const placed = isPlaced && this.#items.find(({ place }) => place === output_index);
    if (placed) return placed;
    const named = item_id !== undefined && this.#items.find(({ id }) => id === String(item_id));
    if (named) return named;
    return isPlaced || item_id !== undefined ? undefined : this.#items.at(-1);
  }
}

/** Servers that give neither an id nor a place tell of one after the other. */
function lastOpen({ output_index }: Fields): (same: readonly Item[]) => Item | undefined {
  return (same) =>
    output_index === undefined ? same.findLast(({ isDone }) => !isDone) : undefined;
}
