import { FOREIGN_EVENT_BYTES } from "../../../platform/byte-bound";
import { Overlong } from "../refusal/model-fault";
import { jsonOf } from "./json";
import { JsonEnds, jsonTexts } from "./json-ends";

/** Bytes of a whole answer: the longest that is kept, in events of one character each. */
export const ANSWER_BYTES = 128 * 1024 * 1024;

/** Takes what the events of a stream hold. */
export type EventListener = {
  /** `event` is the event's name, empty where it has none, `undefined` for a value outside of events. */
  json(value: unknown, event: string | undefined): void;
  /** No JSON: a ping, somebody's web page, or an error in words. */
  text(text: string, event: string): void;
  /** `[DONE]`. */
  done(): void;
  /** A value that began as JSON and is none: something of the answer is lost. */
  broken(): void;
  /** An event is over behind which its stream may be asked for again, as some servers have it. */
  mark?(id: string): void;
  /** Milliseconds after which that may be. */
  retry?(ms: number): void;
};

const DONE = /^"?\[\s*done\s*\]"?\W*$/i;
/** UTF-16 units up to which an unfinished line is looked at: a last event may lack its line's end. */
const GLANCE_UNITS = 4096;
const LINE_FEED = 0x0a;
const BEFORE_VALUE = " \t,\ufeff";

/**
 * The events of a body, whether it is a stream of server-sent events (WHATWG HTML, section 9.2), JSON by
 * lines, or one JSON document. An event is told with its `data` line and not with the blank line behind it,
 * if that line is a value by itself: many servers leave the blank line out, or send it with the next event.
 */
export class EventReader {
  readonly #listener: EventListener;
  readonly #decoder = new TextDecoder();
  /** The beginning of a line. */
  #held = "";
  #skipsLineFeed = false;
  /** Lines of data that are no value yet. */
  #data = "";
  #event = "";
  #id = "";
  /** A value outside of an event. */
  #loose: { text: string; ends: JsonEnds } | undefined;
  #bytes = 0;
  #eventBytes = 0;
  /** An event has ended since bytes were counted. */
  #isFresh = false;

  constructor(listener: EventListener) {
    this.#listener = listener;
  }

  /** Throws `Overlong`. */
  take(bytes: Uint8Array): void {
    this.#isFresh = false;
    this.#read(this.#decoder.decode(bytes, { stream: true }));
    this.#glance();
    this.#count(bytes.byteLength);
  }

  /** Nothing more comes: what is whole of the last event is told. */
  end(): void {
    this.#read(this.#decoder.decode());
    if (this.#held !== "") this.#line(this.#held);
    this.#held = "";
    if (jsonOf(this.#data) !== undefined) this.#dispatch();
  }

  #count(read: number): void {
    this.#bytes += read;
    const waiting = this.#held.length + this.#data.length + (this.#loose?.text.length ?? 0);
    // At most three bytes a unit; they came with the last read.
    this.#eventBytes = this.#isFresh ? Math.min(read, waiting * 3) : this.#eventBytes + read;
    if (this.#eventBytes > FOREIGN_EVENT_BYTES || this.#bytes > ANSWER_BYTES) throw new Overlong();
  }

  #read(text: string): void {
    let at = 0;
    const hasReturn = text.includes("\r");
    while (at < text.length) {
      if (this.#skipsLineFeed && text.charCodeAt(at) === LINE_FEED) at++;
      this.#skipsLineFeed = false;
      const loose = this.#loose ? at : this.#beginLoose(text, at);
      if (loose >= 0) {
        at = this.#readLoose(text, loose);
        continue;
      }
      const end = lineEnd(text, at, hasReturn);
      if (end < 0) {
        this.#held += text.slice(at);
        return;
      }
      const line = this.#held + text.slice(at, end);
      this.#held = "";
      this.#skipsLineFeed = text.charCodeAt(end) !== LINE_FEED;
      at = end + 1;
      this.#line(line);
    }
  }

  /** Begins a value that is in no event, if one is the next of the line; gives its index, or -1. */
  #beginLoose(text: string, at: number): number {
    // A long line is not looked through again with every piece of it.
    if (this.#held.length > GLANCE_UNITS) return -1;
    if (this.#data !== "" || (this.#held !== "" && this.#held.trim() !== "")) return -1;
    let first = at;
    while (BEFORE_VALUE.includes(text.charAt(first)) && first < text.length) first++;
    const code = text.charCodeAt(first);
    if (code !== 0x7b && code !== 0x5b) return -1;
    this.#held = "";
    this.#loose = { text: "", ends: new JsonEnds() };
    return first;
  }

  /** Gives the index behind what it read. */
  #readLoose(text: string, from: number): number {
    const loose = this.#loose;
    if (!loose) return from;
    const end = loose.ends.feed(text, from);
    loose.text += text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return text.length;
    this.#loose = undefined;
    this.#isFresh = true;
    const value = jsonOf(loose.text);
    if (value === undefined) this.#value(loose.text);
    else this.#listener.json(value, undefined);
    return end;
  }

  #line(line: string): void {
    const first = line.charCodeAt(0);
    // A byte-order mark, a space or a tab before a field.
    const text = first === 0xfeff || first === 0x20 || first === 0x09 ? line.trimStart() : line;
    if (text === "") this.#dispatch();
    else if (text.startsWith("data:")) this.#addData(text);
    else if (text.startsWith(":")) return;
    else if (text.startsWith("id:")) this.#id = text.slice(3).trim();
    else if (text.startsWith("retry:")) this.#noteRetry(text.slice(6).trim());
    else if (text.startsWith("event:")) this.#event = text.slice(6).trim();
    else if (this.#data !== "") this.#data += `\n${text}`;
    else if (!/^,?$/.test(text)) this.#listener.text(text, this.#event);
  }

  #addData(line: string): void {
    let from = 5;
    // Proxies have been seen to frame what was framed.
    while (line.startsWith("data:", line.charCodeAt(from) === 0x20 ? from + 1 : from)) {
      from = line.indexOf("data:", from) + 5;
    }
    const data = line.slice(from);
    if (this.#data !== "") {
      this.#data += `\n${data}`;
      return;
    }
    const value = jsonOf(data);
    if (value !== undefined) this.#tell(value);
    else if (DONE.test(data.trim())) this.#done();
    else this.#data = data.trim() === "" ? "" : data;
  }

  /** A line without its end may be the last that comes. */
  #glance(): void {
    const line = this.#held;
    if (line === "") return;
    if (line.length > GLANCE_UNITS || !/^\s*data:.*[}\]]\s*$/.test(line) || this.#data !== "")
      return;
    const data = line.slice(line.indexOf(":") + 1).trim();
    if (!DONE.test(data) && jsonOf(data) === undefined) return;
    this.#held = "";
    this.#line(line);
  }

  #dispatch(): void {
    this.#isFresh = true;
    const data = this.#data;
    this.#data = "";
    if (data !== "") this.#value(data);
    this.#event = "";
    if (this.#id !== "") this.#listener.mark?.(this.#id);
    this.#id = "";
  }

  #noteRetry(text: string): void {
    if (/^\d{1,9}$/.test(text)) this.#listener.retry?.(Number(text));
  }

  #value(text: string): void {
    const value = jsonOf(text);
    if (value !== undefined) this.#tell(value);
    else if (DONE.test(text.trim())) this.#done();
    else this.#values(text);
  }

  /** Several values in one event, or none. */
  #values(text: string): void {
    this.#isFresh = true;
    const values = jsonTexts(text)?.map(jsonOf) ?? [];
    if (values.length > 0 && !values.includes(undefined))
      values.forEach((one) => {
        this.#tell(one);
      });
    else if (/^\s*[{[]/.test(text)) this.#listener.broken();
    else this.#listener.text(text, this.#event);
  }

  #tell(value: unknown): void {
    this.#isFresh = true;
    if (typeof value === "string" && DONE.test(value)) this.#listener.done();
    else this.#listener.json(value, this.#event);
  }

  #done(): void {
    this.#isFresh = true;
    this.#listener.done();
  }
}

function lineEnd(text: string, from: number, hasReturn: boolean): number {
  const feed = text.indexOf("\n", from);
  if (!hasReturn) return feed;
  const back = text.indexOf("\r", from);
  return feed < 0 || (back >= 0 && back < feed) ? back : feed;
}
