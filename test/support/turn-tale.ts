import fc from "fast-check";
import type { LogFact, RoomEvent } from "../../src/protocol/events";
import type { Attachment } from "../../src/protocol/files/attachment";
import type { Message } from "../../src/protocol/message";
import { textOf, thinkingOf } from "../../src/protocol/tools/rounds";
import type { Turn } from "../../src/protocol/turn";

const TS = "2026-01-01T00:00:00.000Z";
const ULID = "01kasn3v6h8q2x4c7b9m0r5tze";
const [turnId, taskId, messageId] = [`turn_${ULID}`, `task_${ULID}`, `msg_${ULID}`];

/** A turn that is about to begin. */
export const TURN: Turn = {
  id: turnId,
  taskId,
  threadId: "main",
  messageId: "msg_01kasn3v6h8q2x4c7b9m0r5tzf",
  firstSeq: 1,
  status: "PENDING",
  onBusy: "enqueue",
  createdAt: TS,
  steps: [],
  metadata: {},
};

/** What one call of a model says, and how many tools it wants then; the last of an answer wants none. */
export type Part = { thinking: string[]; text: string[]; calls: number };
/** One attempt: whole calls of the model, then what it says last, after which it may be cut off. */
export type Tried = { rounds: Part[]; last: Part; keeps: boolean };
export type Tale = {
  tries: Tried[];
  end: "COMPLETED" | "INTERRUPTED" | "FAILED";
  /** That the message comes with. */
  files: number;
};

const words = fc.stringMatching(/^[a-zß🌧 \n]{1,6}$/u);
const part = fc.record({
  thinking: fc.array(words, { maxLength: 2 }),
  text: fc.array(words, { minLength: 1, maxLength: 4 }),
  calls: fc.integer({ min: 1, max: 3 }),
});
const tried = fc.record({
  rounds: fc.array(part, { maxLength: 2 }),
  last: part,
  keeps: fc.boolean(),
});

/** Turns of one step: attempts that fail, keep their rounds or not, and an end. */
export const tales: fc.Arbitrary<Tale> = fc.record({
  tries: fc.array(tried, { minLength: 1, maxLength: 3 }),
  end: fc.constantFrom("COMPLETED", "INTERRUPTED", "FAILED"),
  files: fc.integer({ min: 0, max: 2 }),
});

type Round = { round: number; text: string; thinking: string };

/** What a room tells of such a turn, to somebody who is there from its beginning. */
export class Teller {
  readonly events: RoomEvent[] = [];
  /** For each event, what is being written after it: what a late comer is told first. */
  readonly writing: RoomEvent[][] = [];
  #seq = 0;
  #attempt = 0;
  /** Between attempts nothing is. */
  #isWritten = false;
  #rounds: Round[] = [];
  #said = { text: "", thinking: "" };

  readonly #files: number;

  constructor({ tries, end, files }: Tale) {
    this.#files = files;
    this.#log({
      type: "turn:status",
      data: { turnId, status: "PENDING", previous: null, queuePosition: 1 },
    });
    this.#log({ type: "turn:status", data: { turnId, status: "PROCESSING", previous: "PENDING" } });
    for (const [i, one] of tries.entries()) {
      this.#try(one, i === tries.length - 1 ? end : undefined);
    }
    const closed = { turnId, status: end, previous: "PROCESSING" as const };
    this.#log({ type: "turn:status", data: closed });
  }

  #try({ rounds, last, keeps }: Tried, end: Tale["end"] | undefined): void {
    this.#attempt++;
    this.#isWritten = true;
    this.#said = { text: "", thinking: "" };
    const offset = this.#rounds.length > 0 ? { offset: textOf(this.#rounds).length } : {};
    const reason = this.#attempt === 1 ? "first" : "retry";
    const step = { step: "1-a", bot: "a/b", model: "m", reason } as const;
    this.#log({ type: "chat:start", data: { ...this.#writing, ...step, ...offset } });
    for (const one of rounds) this.#round(one);
    this.#say(last);
    this.#isWritten = false;
    if (end) this.#end(end);
    else this.#fail(keeps);
  }

  #fail(keeps: boolean): void {
    const error = { code: "model_unavailable" as const, message: "no", retryable: true };
    this.#said = { text: "", thinking: "" };
    if (!keeps) this.#rounds = [];
    this.#log({
      type: "chat:error",
      data: { ...this.#writing, ...error, retryInMs: 1, partial: null },
    });
  }

  #round(said: Part): void {
    this.#say(said);
    const round = this.#rounds.length;
    const calls = Array.from({ length: said.calls }, (_, index) => ({
      ...{ index, toolCallId: `c${index}`, name: "tool", input: { round } },
    }));
    const { text, thinking } = this.#said;
    this.#rounds.push({ round, text, thinking });
    this.#said = { text: "", thinking: "" };
    this.#log({ type: "chat:round", data: { ...this.#writing, round, text, thinking, calls } });
    for (const call of calls) {
      this.#log({ type: "tool:call", data: { ...this.#writing, round, ...call } });
    }
    // What takes longest comes last.
    for (const { input: _, ...call } of calls.toReversed()) {
      this.#log({
        type: "tool:result",
        data: { ...this.#writing, round, ...call, output: "done" },
      });
    }
  }

  #say({ thinking, text }: Part): void {
    for (const delta of thinking) this.#piece("thinking", delta);
    for (const delta of text) this.#piece("text", delta);
  }

  #piece(kind: "text" | "thinking", delta: string): void {
    const before = this.#whole(kind).length;
    this.#said = { ...this.#said, [kind]: this.#said[kind] + delta };
    const whole = this.#whole(kind);
    const from = Math.min(before, whole.length);
    this.#momentary(
      chunk(kind, { offset: from, delta: whole.slice(from), attempt: this.#attempt }),
    );
  }

  #whole(kind: "text" | "thinking"): string {
    const { text, thinking } = this.#said;
    const all = [...this.#rounds, { text, thinking }];
    return kind === "text" ? textOf(all) : thinkingOf(all);
  }

  #end(end: Tale["end"]): void {
    const status = { COMPLETED: "complete", INTERRUPTED: "interrupted", FAILED: "failed" } as const;
    const message: Message = {
      id: messageId,
      seq: this.#seq + 1,
      taskId,
      turnId,
      threadId: "main",
      role: "assistant",
      content: this.#whole("text"),
      thinking: this.#whole("thinking"),
      status: status[end],
      createdAt: TS,
      ...(this.#files > 0 && { attachments: Array.from({ length: this.#files }, fileAt) }),
      metadata: { attempt: this.#attempt },
    };
    this.#rounds = [];
    this.#said = { text: "", thinking: "" };
    if (end === "COMPLETED") this.#log({ type: "chat:done", data: { ...this.#writing, message } });
    else if (end === "INTERRUPTED") {
      this.#log({ type: "chat:cancelled", data: { turnId, messageId, by: "alice", message } });
    } else {
      const error = { code: "model_rejected" as const, message: "no", retryable: false };
      this.#log({ type: "chat:error", data: { ...this.#writing, ...error, partial: message } });
    }
  }

  #log(fact: LogFact): void {
    this.#push({ ...fact, seq: ++this.#seq, ts: TS });
  }

  #momentary(event: RoomEvent): void {
    this.#push(event);
  }

  #push(event: RoomEvent): void {
    this.events.push(event);
    const now = (["thinking", "text"] as const).map((kind) =>
      chunk(kind, { offset: 0, delta: this.#whole(kind), attempt: this.#attempt }),
    );
    this.writing.push(this.#isWritten ? now : []);
  }

  get #writing() {
    return { turnId, messageId, attempt: this.#attempt };
  }
}

function fileAt(_: unknown, index: number): Attachment {
  const fileId = `file_${ULID.slice(0, -1)}${index}`;
  return { fileId, name: `[a] (${index}).png`, mediaType: "image/png", size: index };
}

function chunk(
  kind: "text" | "thinking",
  said: { offset: number; delta: string; attempt: number },
): RoomEvent {
  const type = kind === "text" ? "chat:chunk" : "chat:thinking";
  return { type, ts: TS, data: { turnId, messageId, ...said } };
}
