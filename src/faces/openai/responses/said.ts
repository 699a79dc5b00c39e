import type { Message } from "../../../protocol/message";
import { linksTo } from "../../files/links";
import { shownFiles } from "../../files/shown-file";
import type { Call, ItemOf, TurnItem } from "../../turn-view/item";
import { itemIdOf } from "../ids";
import type { Frame } from "./frame";
import type { Entry, Output, Spoken } from "./output";
import {
  answered,
  type CallItem,
  callItem,
  type ItemStatus,
  messageItem,
  reasoningItem,
  SERVER_LABEL,
} from "./output-item";
import type { Place } from "./sequence";

type Speech = Pick<ItemOf<"attempt">, "messageId" | "attempt">;
/** What is said between two rounds. */
type Stretch = { round: number; text?: Spoken; thinking?: Spoken };
type Written = ItemOf<"text" | "thinking">;
type Named = Speech & { round: number; call: Call };

/** Of what no attempt keeps. */
const NO_ROUND = Number.MAX_SAFE_INTEGER;
/** Past all that a message says and calls; a piece of text has the number of its end, with room for it before. */
const LINKS = 2 ** 16;
const LINKS_TEXT = 2 ** 17;

/** What the steps of a turn say and call, as items of a response. */
export class Said {
  readonly #output: Output;
  readonly #origin: string;
  readonly #taskId: string;
  /** Attempts of each message, in the order in which they first spoke. */
  readonly #attempts = new Map<string, number>();
  readonly #calls = new Map<string, Entry<CallItem>>();
  /** Times that a message was told anew without an attempt. */
  #again = 0;
  #speech: Speech | undefined;
  /** Rounds that are over: the next to be written has this number. */
  #rounds = 0;
  #stretch: Stretch = { round: 0 };

  /** `origin`: under which files are fetched. */
  constructor(output: Output, { origin, taskId }: { origin: string; taskId: string }) {
    this.#output = output;
    this.#origin = origin;
    this.#taskId = taskId;
  }

  read(item: TurnItem): Frame[] {
    switch (item.type) {
      case "attempt":
        return this.#attempt(item);
      case "text":
      case "thinking":
        return this.#write(item);
      case "round":
        return this.#round(item);
      case "call":
        return this.#call(item);
      case "result":
        return this.#result(item);
      default:
        return [];
    }
  }

  /** A place in what is being said. */
  place(place: Place["place"], offset = 0): Place {
    let speech = this.#again;
    for (const attempts of this.#attempts.values()) speech += attempts;
    return { speech, round: this.#stretch.round, place, offset };
  }

  /** A message is over; what it left open stays so. */
  message({ message }: ItemOf<"message">): Frame[] {
    const { id, status } = message;
    const end = status === "complete" ? "completed" : "incomplete";
    return [
      ...this.#closeStretch(end),
      ...this.#closeCalls(({ messageId }) => messageId === id, "end"),
      ...this.#files(message),
    ];
  }

  /** An item of their own: what was said is told by then, and numbered by its length. */
  #files(message: Message): Frame[] {
    const linked = linksTo(shownFiles(message, this.#origin), { below: message.content });
    if (linked.links.length === 0) return [];
    const where = { messageId: message.id, round: NO_ROUND };
    const item = messageItem(this.#id("msg", "files"));
    const [begin, written] = [this.place("over", LINKS), this.place("over", LINKS_TEXT)];
    return this.#output.link(item, linked, where, [begin, written]);
  }

  closeAll(): Frame[] {
    return [...this.#closeStretch("incomplete"), ...this.#closeCalls(() => true, "end")];
  }

  /** A request for a person's word. */
  question(said: { id: string; name: string; arguments: string }): Frame[] {
    const item = { type: "mcp_approval_request" as const, server_label: SERVER_LABEL, ...said };
    const place = this.place("calls");
    const entry = this.#output.add(item, this.#where());
    return [this.#output.added(entry, place), this.#output.done(entry, place)];
  }

  #attempt({ messageId, attempt, keptRounds, reason }: ItemOf<"attempt">): Frame[] {
    const isVoid = (entry: Entry) => entry.messageId === messageId && entry.round >= keptRounds;
    // Where it waited for somebody nothing was being written.
    const late = reason === "resumed" ? [] : this.#lateText(messageId);
    const left = this.#stretch;
    if (this.#attempts.get(messageId) === attempt) this.#again++;
    this.#attempts.set(messageId, attempt);
    this.#speech = { messageId, attempt };
    this.#rounds = keptRounds;
    // What the calls of the last kept round give comes before the text of the next.
    this.#stretch = { round: Math.max(0, keptRounds - 1) };
    const frames = [
      ...late,
      ...this.#close(left, "incomplete", "begin"),
      ...this.#closeCalls(isVoid, "begin"),
    ];
    this.#output.drop(isVoid);
    return frames;
  }

  /** What an attempt had written may be gone: there it is an item that says nothing. */
  #lateText(messageId: string): Frame[] {
    if (this.#speech?.messageId !== messageId) return [];
    this.#in(this.#rounds);
    return this.#stretch.text ? [] : this.#open("text");
  }

  #round({ round }: ItemOf<"round">): Frame[] {
    this.#in(round);
    this.#rounds = round + 1;
    return this.#closeStretch("completed");
  }

  /** What follows is of this round. */
  #in(round: number): void {
    if (round !== this.#stretch.round) this.#stretch = { round };
  }

  #write(item: Written): Frame[] {
    this.#in(item.round);
    const { type, offset, delta } = item;
    // In a replay all thinking comes first, so nothing of it may be told after text.
    if (type === "thinking" && this.#stretch.text) {
      if (this.#stretch.thinking) this.#output.amend(this.#stretch.thinking, delta);
      return [];
    }
    // Blanks wait for what follows them, and may come after the text: alone they are no thinking.
    if (type === "thinking" && !this.#stretch.thinking && delta.trim() === "") return [];
    const opened = this.#stretch[type] ? [] : this.#open(type);
    const entry = this.#stretch[type];
    if (!entry) return [];
    return [...opened, this.#output.write(entry, delta, this.place(type, offset + delta.length))];
  }

  #open(type: Written["type"]): Frame[] {
    const isText = type === "text";
    const place = this.place(isText ? "openText" : "openThinking");
    const { thinking } = this.#stretch;
    const closed = isText && thinking ? this.#output.closeSpoken(thinking, "completed", place) : [];
    const item = isText ? messageItem(this.#id("msg")) : reasoningItem(this.#id("rs"));
    const { entry, frames } = this.#output.speak(item, this.#where(), place);
    this.#stretch[type] = entry;
    return [...closed, ...frames];
  }

  #closeStretch(status: ItemStatus): Frame[] {
    return this.#close(this.#stretch, status, "end");
  }

  #close({ thinking, text }: Stretch, status: ItemStatus, at: Place["place"]): Frame[] {
    return [thinking, text].flatMap((entry) =>
      entry ? this.#output.closeSpoken(entry, status, this.place(at)) : [],
    );
  }

  #call(item: Named): Frame[] {
    const key = keyOf(item);
    if (this.#calls.get(key)?.isOpen) return [];
    const place = this.place("calls");
    const wanted = callItem(this.#id("mcp", `${item.round}_${item.call.index}`), item.call);
    const entry = this.#output.add(wanted, { messageId: item.messageId, round: item.round });
    this.#calls.set(key, entry);
    const named = { item_id: wanted.id, output_index: entry.index };
    const { arguments: input } = wanted;
    return [
      this.#output.frame(place, "response.output_item.added", {
        output_index: entry.index,
        item: { ...wanted, arguments: "" },
      }),
      this.#output.frame(place, "response.mcp_call.in_progress", named),
      this.#output.frame(place, "response.mcp_call_arguments.done", { ...named, arguments: input }),
    ];
  }

  #result(item: ItemOf<"result">): Frame[] {
    // What nobody approved of was never called.
    const called = this.#calls.get(keyOf(item))?.isOpen ? [] : this.#call(item);
    const entry = this.#calls.get(keyOf(item));
    if (!entry) return called;
    const given = answered(entry.item, item.outcome);
    return [...called, ...this.#output.closeCall(entry, given, this.place("calls"))];
  }

  #closeCalls(isMeant: (entry: Entry) => boolean, at: Place["place"]): Frame[] {
    return [...this.#calls.values()]
      .filter((entry) => entry.isOpen && isMeant(entry))
      .flatMap((entry) =>
        this.#output.closeCall(entry, { ...entry.item, status: "incomplete" }, this.place(at)),
      );
  }

  #where() {
    const { messageId } = this.#speech ?? {};
    return { ...(messageId !== undefined && { messageId }), round: this.#stretch.round };
  }

  /** Unique in the response, and the same whenever it is told. */
  #id(prefix: string, place = String(this.#stretch.round)): string {
    const { messageId = "", attempt = 0 } = this.#speech ?? {};
    const again = this.#again === 0 ? "" : `_${this.#again}`;
    const of = itemIdOf(prefix, { taskId: this.#taskId, messageId });
    return `${of}_${attempt}_${place}${again}`;
  }
}

function keyOf({ messageId, round, call }: Named): string {
  return `${messageId} ${round} ${call.index}`;
}
