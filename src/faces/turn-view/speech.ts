import type { ChatRound } from "../../protocol/events/chat-round";
import type { AttemptReason } from "../../protocol/events/chat-start";
import type { Message } from "../../protocol/message";
import { textOf, thinkingOf } from "../../protocol/tools/rounds";
import type { Call, TurnItem } from "./item";
import { Stretch } from "./stretch";

export type Speaker = {
  messageId: string;
  attempt: number;
  step: string;
  bot: string;
  model: string;
  reason: AttemptReason;
};

/** A call of the model that is over: what it said, and what it asked for. */
export type Said = Pick<ChatRound, "round" | "text" | "thinking"> & { calls: Call[] };

type Kind = "text" | "thinking";

/** What one attempt of a step says and asks for; each method gives the items that are new by it. */
export class Speech {
  readonly speaker: Speaker;
  #rounds: Said[];
  readonly #text: Stretch;
  readonly #thinking: Stretch;
  /** The number with which the stretch began that is being said. */
  #from: number;

  /** `kept`: rounds of earlier attempts that this one goes on after. */
  constructor(speaker: Speaker, seq: number, kept: readonly Said[] = []) {
    this.speaker = speaker;
    this.#rounds = [...kept];
    this.#text = new Stretch(textOf(kept));
    this.#thinking = new Stretch(thinkingOf(kept));
    this.#from = seq;
  }

  /** What the next attempt may go on after. */
  get rounds(): readonly Said[] {
    return this.#rounds;
  }

  begin(): TurnItem {
    return {
      type: "attempt",
      ...this.speaker,
      kept: this.#text.told,
      keptThinking: this.#thinking.told,
      keptRounds: this.#rounds.length,
      seq: this.#from,
    };
  }

  write(kind: Kind, { offset, delta }: { offset: number; delta: string }): TurnItem[] {
    this.#stretch(kind).write(offset, delta);
    return this.#pieces(kind);
  }

  round(said: Said, seq: number): TurnItem[] {
    const rounds = [...this.#rounds.filter(({ round }) => round < said.round), said];
    const items = this.#whole(textOf(rounds), thinkingOf(rounds));
    this.#rounds = rounds;
    this.#from = seq;
    const { round, calls } = said;
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
    const items = this.#whole(message.content, message.thinking ?? "");
    return [...items, { type: "message", message, seq }];
  }

  #whole(text: string, thinking: string): TurnItem[] {
    this.#text.become(text);
    this.#thinking.become(thinking);
    return [...this.#pieces("thinking", true), ...this.#pieces("text", true)];
  }

  #pieces(kind: Kind, isWhole = false): TurnItem[] {
    const piece = this.#stretch(kind).next({ isWhole });
    if (!piece) return [];
    const round = this.#rounds.length;
    return [{ type: kind, ...this.#place, round, ...piece, seq: this.#from }];
  }

  #stretch(kind: Kind): Stretch {
    return kind === "text" ? this.#text : this.#thinking;
  }

  get #place(): { messageId: string; attempt: number } {
    const { messageId, attempt } = this.speaker;
    return { messageId, attempt };
  }
}
