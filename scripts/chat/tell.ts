import { applyEvent } from "../../src/engine/fold/fold";
import type { RoomEvent } from "../../src/protocol/events";
import type { Message } from "../../src/protocol/message";
import type { RoomState, Stream } from "../../src/protocol/room-state";
import type { TurnStatus } from "../../src/protocol/turn";
import { noteOf, resultNote, roundNote } from "./notes";

/** What is to be written next; a terminal only ever grows, so nothing is taken back. */
export type Item =
  | { kind: "begin"; bot: string }
  | { kind: "thinking"; text: string }
  | { kind: "answer"; text: string }
  | { kind: "restart"; attempt: number | undefined }
  | { kind: "end" }
  | { kind: "said"; message: Message }
  | { kind: "note"; text: string };

type Written = { attempt: number; text: string; thinking: string };

/** The room, folded as everybody folds it, and what of it stands on the screen already. */
export type Story = {
  room: RoomState | undefined;
  epoch: string | undefined;
  /** Texts on the screen whose message is not finished, by message. */
  written: Readonly<Record<string, Written>>;
  /** Messages on the screen in full. */
  finished: ReadonlySet<string>;
  /** Rounds that were told, by message and number. */
  rounds: ReadonlySet<string>;
  /** How the turns ended of which we heard. */
  outcomes: Readonly<Record<string, TurnStatus>>;
  /** Turns whose end has been explained by an event more exact than their status. */
  explained: ReadonlySet<string>;
};

export const UNTOLD: Story = {
  room: undefined,
  epoch: undefined,
  written: {},
  finished: new Set(),
  rounds: new Set(),
  outcomes: {},
  explained: new Set(),
};

/** Folds an event in, and says what it adds to the screen. */
export function tell(story: Story, event: RoomEvent): { story: Story; items: Item[] } {
  if ("seq" in event && story.room && event.seq <= story.room.task.headSeq) {
    return { story, items: [] };
  }
  const telling = new Telling({ ...story, room: applyEvent(story.room, event) });
  telling.event(event);
  return { story: telling.story, items: telling.items };
}

/** One event's telling: gathers what it writes. */
class Telling {
  readonly items: Item[] = [];
  story: Story;

  constructor(story: Story) {
    this.story = story;
  }

  event(event: RoomEvent): void {
    if (event.type === "session:ready" || event.type === "history:reset") this.#arrive(event);
    if (event.type === "chat:start") this.#reopen(event.data.messageId);
    if (event.type === "chat:message") this.#finish(event.data.message);
    if (event.type === "chat:done") this.#finish(event.data.message);
    if (event.type === "chat:cancelled") this.#finish(event.data.message);
    if (event.type === "chat:error") this.#finish(event.data.partial);
    for (const stream of this.story.room?.streams ?? []) this.#follow(stream);
    if (event.type === "session:ready" || event.type === "history:reset") this.#catchUp();
    this.#note(noteOf(event, this.story.explained));
    this.#remember(event);
  }

  /** A snapshot: whatever of it is not on the screen yet. */
  #arrive(event: Extract<RoomEvent, { type: "session:ready" | "history:reset" }>): void {
    this.story = { ...this.story, epoch: event.data.epoch };
    if (!event.data.state) return;
    for (const message of event.data.state.messages) this.#finish(message);
  }

  /** Rounds of a snapshot that nobody told before, with what came of them. */
  #catchUp(): void {
    for (const { messageId, rounds = [] } of this.story.room?.streams ?? []) {
      for (const round of rounds) {
        if (this.story.rounds.has(`${messageId} ${round.round}`)) continue;
        this.#note(roundNote(round));
        for (const call of round.calls) this.#note(resultNote(call));
        this.#tellRound(messageId, round.round);
      }
    }
  }

  #tellRound(messageId: string, round: number): void {
    const rounds = new Set(this.story.rounds).add(`${messageId} ${round}`);
    this.story = { ...this.story, rounds };
  }

  #note(text: string | undefined): void {
    if (text) this.items.push({ kind: "note", text });
  }

  #reopen(messageId: string): void {
    const finished = new Set(this.story.finished);
    finished.delete(messageId);
    this.story = { ...this.story, finished };
  }

  /** Brings the screen up to what a stream says by now. */
  #follow({ messageId, turnId, step, attempt, text, thinking }: Stream): void {
    const old = this.story.written[messageId];
    if (!old) this.items.push({ kind: "begin", bot: this.#botOf(turnId, step) });
    const goesOn =
      old?.attempt === attempt && text.startsWith(old.text) && thinking.startsWith(old.thinking);
    const shown = old && goesOn ? old : { text: "", thinking: "" };
    if (old && !goesOn && (old.text || old.thinking)) this.items.push({ kind: "restart", attempt });
    this.#add("thinking", thinking.slice(shown.thinking.length));
    this.#add("answer", text.slice(shown.text.length));
    const written = { ...this.story.written, [messageId]: { attempt, text, thinking } };
    this.story = { ...this.story, written };
  }

  /** A whole message replaces what was written of it. */
  #finish(message: Message | null): void {
    if (!message || this.story.finished.has(message.id)) return;
    const { [message.id]: old, ...written } = this.story.written;
    const { content } = message;
    if (!old) this.items.push({ kind: "said", message });
    else if (content.startsWith(old.text)) this.#add("answer", content.slice(old.text.length));
    else {
      this.items.push({ kind: "restart", attempt: undefined });
      this.#add("answer", content);
    }
    if (old) this.items.push({ kind: "end" });
    const finished = new Set(this.story.finished).add(message.id);
    this.story = { ...this.story, written, finished };
  }

  #add(kind: "answer" | "thinking", text: string): void {
    if (text) this.items.push({ kind, text });
  }

  #remember(event: RoomEvent): void {
    if (event.type === "chat:error" || event.type === "chat:cancelled") {
      const explained = new Set(this.story.explained).add(event.data.turnId);
      this.story = { ...this.story, explained };
    }
    if (event.type === "chat:round") this.#tellRound(event.data.messageId, event.data.round);
    if (event.type !== "turn:status") return;
    const outcomes = { ...this.story.outcomes, [event.data.turnId]: event.data.status };
    this.story = { ...this.story, outcomes };
  }

  #botOf(turnId: string, step: string): string {
    const turn = this.story.room?.openTurns.find(({ id }) => id === turnId);
    return turn?.steps.find((item) => item.step === step)?.bot ?? "assistant";
  }
}
