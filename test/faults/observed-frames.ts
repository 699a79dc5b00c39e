import * as z from "zod";
import { type LogEvent, logEvent } from "../../src/protocol/events";
import { LIMITS } from "../../src/protocol/limits";
import { type Frame, Frames } from "../support/frames";

export const MARK = /\[\[r\d+\]\]/g;

const kept = z.looseObject({ content: z.string() });
const ending = z.looseObject({
  messageId: z.string().optional(),
  // Of `chat:error` it is a text, and what was kept is its `partial`.
  message: z.union([kept, z.string(), z.null()]),
  partial: kept.nullish(),
});
const started = z.looseObject({ messageId: z.string() });
const piece = z.looseObject({ messageId: z.string(), attempt: z.number(), offset: z.number() });
const head = z.looseObject({ headSeq: z.number() });
const ENDS = new Set(["chat:done", "chat:error", "chat:cancelled"]);

/** A client that folds like every other, and notes what no client should be told. */
export class ObservedFrames extends Frames {
  readonly complaints: string[] = [];
  readonly marks = new Set<string>();
  /** The `ts` of the latest event, in milliseconds since 1970. */
  latestEventAt = 0;
  /** Texts whose every piece must have been heard: begun while this client was here. */
  readonly #whole = new Set<string>();
  #readyAt = 0;

  override take(text: string): void {
    if (text === "pong") return;
    for (const mark of text.match(MARK) ?? []) this.marks.add(mark);
    const bytes = Buffer.byteLength(text);
    if (bytes > LIMITS.sentFrameBytes) this.complaints.push(`a frame of ${bytes} bytes came`);
    super.take(text);
  }

  heard(): LogEvent[] {
    return this.logged().map((frame) => logEvent.parse(frame));
  }

  /** What was being written may have lost pieces with the connection. */
  lost(): void {
    this.#whole.clear();
  }

  protected override fold(frame: Frame): void {
    const { ts } = frame;
    if (typeof ts === "string") this.latestEventAt = Math.max(this.latestEventAt, Date.parse(ts));
    if (frame.type === "session:ready" || frame.type === "history:reset") {
      this.#readyAt = head.parse(frame.data).headSeq;
      this.lost();
    }
    if (frame.seq !== undefined) this.#checkSeq(frame.seq, frame.type);
    if (frame.type === "chat:start" && (frame.seq ?? 0) > this.#readyAt) {
      this.#whole.add(started.parse(frame.data).messageId);
    }
    if (frame.type === "chat:chunk") this.#checkPiece(piece.parse(frame.data));
    if (ENDS.has(frame.type)) this.#checkText(frame);
    super.fold(frame);
  }

  #checkSeq(seq: number, type: string): void {
    const due = (this.state?.task.headSeq ?? 0) + 1;
    if (seq !== due) this.complaints.push(`event ${seq} (${type}) came where ${due} was due`);
  }

  /** From its last word on nothing of an attempt is heard, even where another has begun. */
  #checkPiece({ messageId, attempt, offset }: z.infer<typeof piece>): void {
    const stream = this.state?.streams.find((one) => one.messageId === messageId);
    if (stream?.attempt === attempt) return;
    const before = this.all.slice(-9, -1).map(({ type, seq }) => `${type} ${seq ?? ""}`.trim());
    this.complaints.push(
      `${messageId}: text of attempt ${attempt} came at ${offset} where ` +
        `${stream ? `attempt ${stream.attempt}` : "nobody"} is writing, after ${before.join(", ")}`,
    );
  }

  #checkText(frame: Frame): void {
    const { messageId = "", message, partial } = ending.parse(frame.data);
    const said = message !== null && typeof message === "object" ? message : partial;
    const stream = this.state?.streams.find((one) => one.messageId === messageId);
    const isWhole = this.#whole.delete(messageId);
    if (!said || !stream || !isWhole || stream.text === said.content) return;
    this.complaints.push(
      `${messageId}: ${stream.text.length} units were delivered, ${said.content.length} are stored`,
    );
  }
}
