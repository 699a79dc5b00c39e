import type { LogEvent } from "../../src/protocol/events";
import type { Message } from "../../src/protocol/message";
import type { RoomState } from "../../src/protocol/room-state";
import type { Task } from "../../src/protocol/task";
import type { Turn } from "../../src/protocol/turn";
import type { UserEvent } from "../../src/protocol/user-events";

/** A message that somebody sent, and every acknowledgement that came for it. */
export type Sent = { content: string; acks: { messageId: string; turnId: string }[] };

export type ClientEvidence = {
  name: string;
  state: RoomState | undefined;
  /** Events of the log, in the order in which they came. */
  heard: LogEvent[];
  /** What was wrong at the moment when it came. */
  complaints: string[];
  /** Marks of rooms that stood in its frames. */
  marks: string[];
};

/** What one room's story has left, on both sides of the wire. */
export type Evidence = {
  /** The room's own mark, which stands in everything that is said in it. */
  mark: string;
  /** Milliseconds that a turn may take; nothing where the clock itself was moved. */
  turnLimitMs: number | undefined;
  sent: Sent[];
  /** Every whole answer that a model gave to this room. */
  answers: string[];
  log: LogEvent[];
  messages: Message[];
  turns: Turn[];
  task: Task;
  /** What a client that comes now starts from. */
  stored: RoomState | undefined;
  clients: ClientEvidence[];
  /** The task's row in D1, once nothing was left to be told; nothing where it never agreed. */
  listed: { status: string; title: string } | undefined;
  /** The owner's own log. */
  news: UserEvent[];
  /** What the owner's webhook was sent, without repeats, in order; nothing where there is none. */
  delivered: { type: string; data: Record<string, unknown> }[] | undefined;
  /** Answers of REST with a status from 500 on: status and code. */
  serverErrors: { path: string; status: number; code: string | undefined }[];
};
