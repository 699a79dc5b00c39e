/** Takes an answer's words apart from its thinking. */
export type ThinkListener = {
  text(text: string): void;
  thinking(text: string): void;
  /** All text so far was thinking. */
  wasThinking(): void;
};

const OPEN = /^<(think|thinking|thought)>/i;
const CLOSE = /<\/(think|thinking|thought)>/i;
const TAGS = ["<think>", "<thinking>", "<thought>", "</think>", "</thinking>", "</thought>"];
const LONGEST_TAG = 11;
/** White space that is held back for a tag behind it. */
const BLANK_UNITS = 4096;
/** Closing tags without an opening one that are looked at closely: each look costs as much as all text so far. */
const MOST_LOOKS = 4;

/**
 * Takes thinking between tags out of an answer's text.
 * - An opening tag counts at the beginning of the answer, or right behind the end of thinking; white space may
 *   stand before it. Anywhere else it is a word, as in an answer about such tags.
 * - Thinking that is not closed goes on to the end of the answer.
 * - A closing tag without an opening one ends thinking that began with the answer, as where a template has put the
 *   opening tag into the prompt: the first such tag, if no thinking came before and it is not quoted. Text that
 *   was told before it is taken back.
 * - White space before text that follows thinking, and at the beginning of thinking, is dropped.
 */
export class ThinkTags {
  readonly #listener: ThinkListener;
  #state: "start" | "thinking" | "after" | "text" = "start";
  /** What cannot be told yet. */
  #held = "";
  /** Text so far, as long as a closing tag may take it back. */
  #said: string | undefined = "";
  #looks = 0;
  #trims = false;

  constructor(listener: ThinkListener) {
    this.#listener = listener;
  }

  /** Thinking came by a field of its own: text stays text. */
  thoughtElsewhere(): void {
    this.#said = undefined;
  }

  take(delta: string): void {
    if (this.#state === "text" && this.#said === undefined && this.#held === "") {
      this.#listener.text(delta);
      return;
    }
    let rest: string | undefined = this.#held + delta;
    this.#held = "";
    while (rest) rest = this.#step(rest, false);
  }

  end(): void {
    let rest: string | undefined = this.#held;
    this.#held = "";
    while (rest) rest = this.#step(rest, true);
  }

  /** Gives what is left to read. */
  #step(text: string, isEnd: boolean): string | undefined {
    if (this.#state === "thinking") return this.#think(text, isEnd);
    return this.#state === "text" ? this.#speak(text, isEnd) : this.#begin(text, isEnd);
  }

  #begin(text: string, isEnd: boolean): string | undefined {
    const word = text.trimStart();
    const open = OPEN.exec(word);
    // With nothing before it a closing tag ends thinking that was empty, or that came by a field.
    const tag = open ?? (CLOSE.exec(word)?.index === 0 ? CLOSE.exec(word) : null);
    if (tag) {
      this.#said = undefined;
      this.#state = open ? "thinking" : "after";
      this.#trims = true;
      return word.slice(tag[0].length);
    }
    const mayBeTag = word === "" ? text.length < BLANK_UNITS : isTagsBeginning(word);
    if (mayBeTag && !isEnd) {
      this.#held = text;
      return undefined;
    }
    const spoken = this.#state === "after" ? word : text;
    this.#state = "text";
    return spoken;
  }

  #think(text: string, isEnd: boolean): string | undefined {
    const close = CLOSE.exec(text);
    const told = close ? close.index : text.length - (isEnd ? 0 : tagsBeginning(text));
    const thought = this.#trims ? text.slice(0, told).trimStart() : text.slice(0, told);
    if (thought !== "") {
      this.#trims = false;
      this.#listener.thinking(thought);
    }
    if (!close) {
      this.#held = text.slice(told);
      return undefined;
    }
    this.#state = "after";
    return text.slice(told + close[0].length);
  }

  #speak(text: string, isEnd: boolean): string | undefined {
    if (this.#said === undefined || !text.includes("<")) return this.#say(text);
    const close = CLOSE.exec(text);
    if (!close) {
      const told = text.length - (isEnd ? 0 : tagsBeginning(text));
      this.#held = text.slice(told);
      return this.#say(text.slice(0, told));
    }
    const end = close.index + close[0].length;
    if (end === text.length && !isEnd) {
      // What follows says whether it is quoted.
      this.#held = text.slice(close.index);
      return this.#say(text.slice(0, close.index));
    }
    if (this.#isQuoted(text.slice(0, close.index), text.charAt(end))) {
      this.#say(text.slice(0, end));
      return text.slice(end);
    }
    this.#say(text.slice(0, close.index));
    this.#said = undefined;
    this.#listener.wasThinking();
    this.#state = "after";
    return text.slice(end);
  }

  #say(text: string): undefined {
    if (this.#said !== undefined) this.#said += text;
    if (text !== "") this.#listener.text(text);
  }

  /** Whether a closing tag is spoken of: in code, in quotation marks, or as a word among words. */
  #isQuoted(before: string, next: string): boolean {
    const said = (this.#said ?? "") + before;
    const last = said.at(-1) ?? "";
    const isQuoted =
      /["'`(]/.test(last) ||
      /["'`)]/.test(next) ||
      (last === " " && next === " ") ||
      isInCode(said);
    if (isQuoted && ++this.#looks >= MOST_LOOKS) this.#said = undefined;
    return isQuoted;
  }
}

function isInCode(text: string): boolean {
  return text.split("```").length % 2 === 0;
}

function isTagsBeginning(text: string): boolean {
  const lower = text.slice(0, LONGEST_TAG).toLowerCase();
  return TAGS.some((tag) => tag.startsWith(lower));
}

/** Units at the end of a text that may be the beginning of a tag. */
function tagsBeginning(text: string): number {
  const at = text.lastIndexOf("<");
  if (at < 0 || text.length - at > LONGEST_TAG) return 0;
  return isTagsBeginning(text.slice(at)) ? text.length - at : 0;
}
