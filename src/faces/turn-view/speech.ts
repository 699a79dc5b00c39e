import type { ChatRound } from "../../protocol/events/chat-round";
import type { AttemptReason } from "../../protocol/events/chat-start";
import type { Message } from "../../protocol/message";
import { textOf, thinkingOf } from "../../protocol/tools/rounds";
import type { Call, ItemOf, Stays, TurnItem } from "./item";
import { Stretch } from "./stretch";

export type Speaker = {
  messageId: string;
  attempt: number;
  step: string;
  bot: string;
  model: string;
  reason: AttemptReason;
};

/** A call of the model that is over, or what an agent can go on from: what it said, and what it asked for. */
export type Said = Pick<ChatRound, "round" | "text" | "thinking"> & { calls: Call[] };

type Kind = "text" | "thinking";

/** What one attempt of a step says and asks for; each method gives the items that are new by it. */
export class Speech {
  readonly speaker: Speaker;
  #rounds: Said[];
  #text: Stretch;
  #thinking: Stretch;
  /** The number with which the stretch began that is being said. */
  #from: number;

  /**
   * `kept`: rounds of earlier attempts that this one goes on after. Words of one that asked for nothing are
   * told again: whoever reads knows of rounds alone.
   */
  constructor(speaker: Speaker, seq: number, kept: readonly Said[] = []) {
    this.speaker = speaker;
    this.#rounds = [...kept];
    const asked = kept.slice(0, kept.findLastIndex(({ calls }) => calls.length > 0) + 1);
    this.#text = new Stretch(textOf(asked));
    this.#thinking = new Stretch(thinkingOf(asked));
    this.#text.become(textOf(kept));
    this.#thinking.become(thinkingOf(kept));
    this.#from = seq;
  }

  /** What it keeps of words that are to be told again. */
  words(): TurnItem[] {
    return this.#all(false);
  }

  /** What the next attempt may go on after. */
  get rounds(): readonly Said[] {
    return this.#rounds;
  }

  /** It ends without a message: what of it stays. */
  fail(): Stays {
    this.#text = new Stretch(textOf(this.#rounds));
    this.#thinking = new Stretch(thinkingOf(this.#rounds));
    return {
      ...this.#place,
      kept: this.#text.told,
      keptThinking: this.#thinking.told,
      keptRounds: this.#next,
    };
  }

  begin(): ItemOf<"attempt"> {
    return {
      type: "attempt",
      ...this.speaker,
      kept: this.#text.told,
      keptThinking: this.#thinking.told,
      keptRounds: this.#next,
      seq: this.#from,
    };
  }

  /** `seq`: the last number of the log by then. */
  write(kind: Kind, { offset, delta }: { offset: number; delta: string }, seq: number): TurnItem[] {
    const stretch = this.#stretch(kind);
    if (stretch.write(offset, delta)) return this.#pieces(kind);
    return this.#anew(seq, { [kind]: stretch.text.slice(0, offset) + delta });
  }

  /** `offset`: where the same round says more, how much of its text stays. One without calls is only kept. */
  round(said: Said, seq: number, offset?: number): TurnItem[] {
    const known = this.#rounds.find(({ round }) => round === said.round);
    const whole = known && offset !== undefined ? saidOn(known, said, offset) : said;
    const rounds = [...this.#rounds.filter(({ round }) => round < said.round), whole];
    const items = this.#whole(seq, textOf(rounds), thinkingOf(rounds));
    this.#rounds = rounds;
    this.#text.endRound();
    this.#thinking.endRound();
    this.#from = seq;
    const { round, calls } = said;
    if (calls.length === 0) return items;
    const textOffset = this.#text.told;
    return [...items, { type: "round", ...this.#place, round, calls, textOffset, seq }];
  }

  /** A call that was asked for, with its place. */
  call(round: number | undefined, index: number | undefined) {
    const said = this.#rounds.find((one) => one.round === round);
    const call = said?.calls.find((one) => one.index === index);
    return said && call && { ...this.#place, round: said.round, call };
  }

  /** Whether the message goes on from what was told: what was heard as text may be thinking. */
  mayEnd({ content, thinking = "" }: Message): boolean {
    return this.#text.mayBecome(content) && this.#thinking.mayBecome(thinking);
  }

  /** The message as it is kept. */
  end(message: Message, seq: number): TurnItem[] {
    const items = this.#whole(seq, message.content, message.thinking ?? "");
    return [...items, { type: "message", message, seq }];
  }

  #whole(seq: number, text: string, thinking: string): TurnItem[] {
    const may = this.#text.mayBecome(text) && this.#thinking.mayBecome(thinking);
    if (!may) return this.#anew(seq, { text, thinking }, true);
    this.#text.become(text);
    this.#thinking.become(thinking);
    return this.#all(true);
  }

  /** What was told of this round was heard wrong, as a thought that was taken for text: it is told again. */
  #anew(
    seq: number,
    { text = this.#text.text, thinking = this.#thinking.text },
    isWhole = false,
  ): TurnItem[] {
    this.#text = new Stretch(textOf(this.#rounds));
    this.#thinking = new Stretch(thinkingOf(this.#rounds));
    this.#from = seq;
    const again = { ...this.begin(), reason: "restart" as const };
    this.#text.become(text);
    this.#thinking.become(thinking);
    return [again, ...this.#all(isWhole)];
  }

  #all(isWhole: boolean): TurnItem[] {
    return [...this.#pieces("thinking", isWhole), ...this.#pieces("text", isWhole)];
  }

  #pieces(kind: Kind, isWhole = false): TurnItem[] {
    const piece = this.#stretch(kind).next({ isWhole });
    if (!piece) return [];
    return [{ type: kind, ...this.#place, round: this.#next, ...piece, seq: this.#from }];
  }

  #stretch(kind: Kind): Stretch {
    return kind === "text" ? this.#text : this.#thinking;
  }

  /** The number past the rounds that have asked for something. */
  get #next(): number {
    return (this.#rounds.findLast(({ calls }) => calls.length > 0)?.round ?? -1) + 1;
  }

  get #place(): { messageId: string; attempt: number } {
    const { messageId, attempt } = this.speaker;
    return { messageId, attempt };
  }
}

/** The same round with more of its words. */
function saidOn(known: Said, said: Said, offset: number): Said {
  const thinking = (known.thinking ?? "") + (said.thinking ?? "");
  const text = known.text.slice(0, offset) + said.text;
  return { ...said, text, ...(thinking !== "" && { thinking }) };
}
