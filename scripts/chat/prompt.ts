import { clearLine, createInterface, cursorTo, type Interface } from "node:readline";

const MESSAGE = "› ";
const YES_OR_NO = "y/n › ";

/** The line in which a person types; out of the way while something else is written. */
export class Prompt {
  readonly #lines: Interface;
  readonly #visible: boolean;
  #shown = false;

  constructor(
    visible: boolean,
    on: { line: (text: string) => void; interrupt: () => void; end: () => void },
  ) {
    this.#visible = visible;
    this.#lines = createInterface({
      input: process.stdin,
      ...(visible && { output: process.stdout }),
      terminal: visible,
      prompt: MESSAGE,
    });
    this.#lines.on("line", (text) => {
      this.#shown = false;
      on.line(text.trim());
    });
    this.#lines.on("SIGINT", on.interrupt);
    this.#lines.on("close", on.end);
  }

  hide(): void {
    if (!this.#shown) return;
    cursorTo(process.stdout, 0);
    clearLine(process.stdout, 0);
    this.#shown = false;
  }

  show(): void {
    if (!this.#visible || this.#shown) return;
    this.#shown = true;
    this.#lines.prompt(true);
  }

  /** Shows that a yes or no is waited for, or not any more. */
  ask(isAsked: boolean): void {
    const wasShown = this.#shown;
    this.hide();
    this.#lines.setPrompt(isAsked ? YES_OR_NO : MESSAGE);
    if (wasShown) this.show();
  }

  close(): void {
    this.#lines.removeAllListeners("close");
    this.#lines.close();
  }
}
