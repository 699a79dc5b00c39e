import type { Message } from "../../src/protocol/message";
import { plainText } from "./plain-text";
import type { Item } from "./tell";

const DIM = "\u001b[2m";
const PLAIN = "\u001b[0m";

export type Outlet = {
  /** Answers; notes too where a person watches. */
  out: (text: string) => void;
  err: (text: string) => void;
  /** A person watches: everything goes to one place. Else only answers go to `out`. */
  watched: boolean;
  color: boolean;
};

/** Writes items one after another; knows where the line stands, never what came before. */
export class Screen {
  readonly #outlet: Outlet;
  #last: "answer" | "thinking" | "line" = "line";
  #midLine = false;

  constructor(outlet: Outlet) {
    this.#outlet = outlet;
  }

  /** Whether a text is still being written on the current line. */
  get midLine(): boolean {
    return this.#midLine;
  }

  show(item: Item): void {
    if (item.kind === "begin") this.#aside(item.bot);
    else if (item.kind === "thinking") this.#thinking(item.text);
    else if (item.kind === "answer") this.#answer(item.text);
    else if (item.kind === "restart") this.#restart(item.attempt);
    else if (item.kind === "end") this.#freshLine();
    else if (item.kind === "said") this.#said(item.message);
    else this.#aside(`· ${item.text}`);
  }

  #restart(attempt: number | undefined): void {
    this.#freshLine();
    this.#out(`[${attempt ? `attempt ${attempt}: ` : ""}the answer starts again]\n`);
  }

  #said({ role, author, bot, content }: Message): void {
    if (role === "user") this.#aside(`${author?.name ?? author?.userId ?? "user"}: ${content}`);
    else {
      this.#aside(bot ?? role);
      this.#answer(content);
      this.#freshLine();
    }
  }

  #answer(text: string): void {
    if (this.#last !== "answer") this.#freshLine();
    this.#last = "answer";
    this.#out(text);
  }

  #thinking(text: string): void {
    if (this.#last === "answer") this.#freshLine();
    this.#last = "thinking";
    this.#dim(text);
  }

  /** A line beside the answer. */
  #aside(text: string): void {
    if (this.#outlet.watched || this.#last === "thinking") this.#freshLine();
    this.#dim(`${text}\n`);
  }

  #freshLine(): void {
    if (!this.#midLine) return;
    if (this.#last === "thinking") this.#dim("\n");
    else this.#out("\n");
    this.#last = "line";
  }

  #out(text: string): void {
    const safe = plainText(text);
    this.#outlet.out(safe);
    this.#midLine = !safe.endsWith("\n");
  }

  #dim(text: string): void {
    const safe = plainText(text);
    const { watched, color, out, err } = this.#outlet;
    if (watched) out(color ? `${DIM}${safe}${PLAIN}` : safe);
    else err(safe);
    if (watched || this.#last === "thinking") this.#midLine = !safe.endsWith("\n");
  }
}
