import type { Refusal } from "../../protocol/errors";
import { jsonOf, refusalError, TaskroomError } from "../errors";
import { Timer } from "./timer";

export type Command = {
  type: string;
  data: object;
  /** Goes out again where the connection broke before its reply: once more does no harm. */
  repeatable: boolean;
  /** Waits for those of the line before it, so that they keep their order. */
  inLine: boolean;
};

type Pending = Command & {
  /** On the connection that stands now. */
  sent: boolean;
  settle: (data: unknown) => void;
  fail: (error: TaskroomError) => void;
};

/** Where the server does not say how long to wait. */
const LIMITED_WAIT_MS = 1000;

type Parts = { send: (text: string) => void; most: number };

/** Commands without a reply yet, in the order in which they were given. */
export class Outbox {
  readonly #parts: Parts;
  readonly #pending = new Map<string, Pending>();
  #open = false;
  #ended: TaskroomError | undefined;
  readonly #pause = new Timer();
  #frameBytes = 256 * 1024;
  #count = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  add<Answer>(command: Command): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (this.#pending.size >= this.#parts.most) {
      const detail = `${this.#pending.size} commands are waiting for an answer already.`;
      return Promise.reject(new TaskroomError("outbox_full", detail));
    }
    let text: string;
    try {
      text = jsonOf(command.data);
    } catch (error) {
      return Promise.reject(error);
    }
    // Sent, it would end the connection, and after that every one that repeats it.
    if (bytesOf(text) > this.#frameBytes - ENVELOPE_BYTES) {
      const detail = `A command may have ${this.#frameBytes} bytes.`;
      return Promise.reject(new TaskroomError("payload_too_large", detail));
    }
    const answer = new Promise<Answer>((settle, fail) => {
      this.#count += 1;
      // The ack's data is what the contract says for the command.
      const taken = (data: unknown) => settle(data as Answer);
      this.#pending.set(`c${this.#count}`, { ...command, sent: false, settle: taken, fail });
    });
    this.#pump();
    return answer;
  }

  /** The connection stands: whatever waits goes out, in order. */
  open(frameBytes: number): void {
    this.#open = true;
    this.#frameBytes = frameBytes;
    this.#pump();
  }

  /** The connection is gone, and with it the replies that it would have brought. */
  lost(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#pause.stop();
    for (const [id, command] of this.#pending) {
      if (command.sent && !command.repeatable) {
        const detail = "The connection broke before the reply; it may have taken effect.";
        this.#take(id)?.fail(new TaskroomError("connection_lost", detail));
      }
      command.sent = false;
    }
  }

  begin(): void {
    this.#ended = undefined;
  }

  settle(ref: string, data: unknown): void {
    this.#take(ref)?.settle(data);
    this.#pump();
  }

  refuse(ref: string, refusal: Refusal): void {
    const command = this.#pending.get(ref);
    if (command && refusal.code === "rate_limited") {
      command.sent = false;
      this.#pause.start(refusal.retryAfterMs ?? LIMITED_WAIT_MS, () => this.#pump());
      return;
    }
    this.#take(ref)?.fail(refusalError(refusal));
    this.#pump();
  }

  /** Nothing will go out any more, unless it begins again. */
  end(error: TaskroomError): void {
    this.#ended = error;
    this.#open = false;
    this.#pause.stop();
    for (const id of [...this.#pending.keys()]) this.#take(id)?.fail(error);
  }

  #take(id: string): Pending | undefined {
    const command = this.#pending.get(id);
    this.#pending.delete(id);
    return command;
  }

  #pump(): void {
    if (!this.#open || this.#pause.isRunning) return;
    let lineIsBusy = false;
    for (const [id, command] of this.#pending) {
      // To send may be to find out that the connection is gone.
      if (!this.#open) return;
      if (!command.sent && !(command.inLine && lineIsBusy)) {
        command.sent = true;
        this.#parts.send(JSON.stringify({ type: command.type, id, data: command.data }));
      }
      lineIsBusy ||= command.inLine;
    }
  }
}

/** Bytes of a frame around its data. */
const ENVELOPE_BYTES = 128;

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
