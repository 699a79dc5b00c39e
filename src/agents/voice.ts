import type { JsonObject } from "../protocol/json";
import type { LogLevel } from "../protocol/log-entry";
import type { StepRecord, StepReport } from "../resources/step";
import { BoundedText } from "./model/bounded-text";
import { ByteBudget } from "./model/byte-budget";

type Kind = "text" | "thinking";

/** A place in what was said as text. */
export type TextPlace = { readonly units: number; readonly isEmpty: boolean };

/** Who hears an attempt. */
export type Hearing = {
  say(kind: Kind, delta: string): void;
  report(report: StepReport): void;
  /** Resolves once the records are committed; rejects where the attempt is over before. */
  record(records: StepRecord[]): Promise<void>;
};

/** The attempt is over: what is said now is nobody's. */
export class NotHeard extends Error {}

/** What earlier attempts have said. */
type Said = Record<Kind, string>;

/**
 * How an agent speaks while it works (decision 16). Nothing that is said once its signal is aborted, or
 * its end was returned, is heard. Text and thinking together have a bound in bytes; what is beyond is
 * dropped, and the attempt ends as one that was cut by its length.
 */
export class Voice {
  readonly #hearing: Hearing;
  readonly #signal: AbortSignal;
  readonly #budget = ByteBudget.ofAnswer();
  readonly #words: Record<Kind, BoundedText>;
  /** What the budget had left once the last round was settled. */
  #leftAtRound: number;
  #units = 0;
  #isEmpty = true;
  #thoughts: [number, number][] = [];
  #ended = false;

  constructor(hearing: Hearing, signal: AbortSignal, said: Said = { text: "", thinking: "" }) {
    this.#hearing = hearing;
    this.#signal = signal;
    const text = new BoundedText(this.#budget);
    this.#words = { text, thinking: new BoundedText(this.#budget) };
    this.#leftAtRound = this.#budget.leftAsJson;
    for (const kind of ["thinking", "text"] as const) this.#words[kind].take(said[kind]);
    this.settle(said.text);
  }

  /** Whether more was said than is kept. */
  get isFull(): boolean {
    return this.#words.text.full || this.#words.thinking.full;
  }

  /**
   * Whether what was said since the last round may be a round. A state has its words twice, as text
   * and as round, and is one frame.
   */
  get maySettle(): boolean {
    return this.#sinceRound <= this.#budget.leftAsJson;
  }

  get #sinceRound(): number {
    return this.#leftAtRound - this.#budget.leftAsJson;
  }

  /** Whether there was anything but white space in the text, or in the thinking. */
  has(kind: Kind): boolean {
    return kind === "text" ? !this.#isEmpty : !this.#words.thinking.empty;
  }

  /** Where the text is now. */
  get place(): TextPlace {
    return { units: this.#units, isEmpty: this.#isEmpty };
  }

  /** Ranges of the text, in UTF-16 units, that turned out to be thinking. */
  get thoughts(): readonly (readonly [number, number])[] {
    return this.#thoughts;
  }

  /** The text since then was thinking. It was heard as text; the message has it in its place. */
  retract({ units, isEmpty }: TextPlace): void {
    if (this.#units > units) {
      const before = this.#thoughts.filter(([start]) => start < units);
      this.#thoughts = [...before, [units, this.#units]];
    }
    this.#isEmpty = isEmpty;
  }

  /** Writes on the answer. A surrogate pair may be cut in two: its halves are put together again. */
  text(delta: string): void {
    this.#say("text", delta);
  }

  /** The same for what is thought, which is shown apart. */
  thinking(delta: string): void {
    this.#say("thinking", delta);
  }

  /** From 0 to 100. */
  progress(percentComplete: number, message?: string): void {
    this.report({
      type: "progress",
      percentComplete: Math.round(Math.min(Math.max(percentComplete, 0), 100)),
      ...(message !== undefined && { message }),
    });
  }

  /** Writes into the task's log. */
  log(level: LogLevel, message: string, metadata?: JsonObject): void {
    this.report({ type: "log", level, message, ...(metadata && { metadata }) });
  }

  /** Tells the members on all their devices. */
  notify(title: string, more: { body?: string; data?: JsonObject } = {}): void {
    this.report({ type: "notify", title, ...more });
  }

  report(report: StepReport): void {
    if (this.#isHeard) this.#hearing.report(report);
  }

  /** Has something committed before the agent goes on. Rejects where nobody hears it any more. */
  async record(records: StepRecord[]): Promise<void> {
    if (!this.#isHeard) throw new NotHeard();
    await this.#hearing.record(records);
  }

  /** A round is committed: the text is what all rounds have said, and goes on after that. */
  settle(text: string): void {
    this.#budget.charge(this.#sinceRound);
    this.#leftAtRound = this.#budget.leftAsJson;
    this.#thoughts = [];
    this.#units = text.length;
    this.#isEmpty = !/\S/.test(text);
  }

  /** The end: half of a character whose other half never came is told as what it is. */
  end(): void {
    for (const kind of ["thinking", "text"] as const) {
      const rest = this.#words[kind].rest();
      if (rest !== "" && this.#isHeard) this.#tell(kind, rest);
    }
    this.#ended = true;
  }

  get #isHeard(): boolean {
    return !this.#ended && !this.#signal.aborted;
  }

  #say(kind: Kind, delta: string): void {
    if (!this.#isHeard || delta === "") return;
    // What is beyond the bound of one kind has ended the other too.
    if (this.isFull) return;
    const spoken = this.#words[kind].take(delta);
    if (spoken !== "") this.#tell(kind, spoken);
  }

  #tell(kind: Kind, spoken: string): void {
    if (kind === "text") {
      this.#units += spoken.length;
      if (this.#isEmpty && /\S/.test(spoken)) this.#isEmpty = false;
    }
    this.#hearing.say(kind, spoken);
  }
}
