import type { ChatEdit } from "../../protocol/commands/chat-edit";
import type { ChatNote, NoteAck } from "../../protocol/commands/chat-note";
import type { ChatSend } from "../../protocol/commands/chat-send";
import type { HistoryPage, HistorySync } from "../../protocol/commands/history-sync";
import type { SendAck } from "../../protocol/commands/send-ack";
import type { RoomEvent } from "../../protocol/events";
import type { JsonValue } from "../../protocol/json";
import type { RoomSnapshot } from "../room/room-snapshot";

export type RoomEventType = RoomEvent["type"];
export type RoomEventOf<Type extends RoomEventType> = Extract<RoomEvent, { type: Type }>;

export type SendOptions = Omit<ChatSend, "content">;
export type EditOptions = Omit<ChatEdit, "messageId" | "content">;
export type NoteOptions = Omit<ChatNote, "content">;

/** One task's room, kept up through whatever happens to its sockets. */
export interface RoomConnection {
  readonly taskId: string;
  /** For `useSyncExternalStore`: called at most once per frame, when `getSnapshot` gives another. */
  subscribe(listener: () => void): () => void;
  getSnapshot(): RoomSnapshot;
  /** Every event as it comes, after it was folded in; `*` hears all of them. */
  on<Type extends RoomEventType>(
    type: Type,
    listener: (event: RoomEventOf<Type>) => void,
  ): () => void;
  on(type: "*", listener: (event: RoomEvent) => void): () => void;
  /**
   * Settles once the room has stored the message. Waits for a connection where there is none, and
   * is repeated under the same `clientMessageId` until it has an answer: stored exactly once.
   */
  send(content: string, options?: SendOptions): Promise<SendAck>;
  /** By default the active turn as it is called, and then it is repeated like `send`; else whatever is on its way. */
  cancel(options?: { turnId?: string; reason?: string }): Promise<{ turnId: string | null }>;
  retry(turnId: string): Promise<{ turnId: string }>;
  /**
   * Another answer to a completed turn's message. What there is leaves once the new turn begins; while
   * one is open for the message, that one is given.
   */
  regenerate(turnId: string): Promise<SendAck>;
  /**
   * Says something else in the place of a user's message: that and all that follows it in its thread leaves.
   * Rejects with `turn_active` while a turn of the thread is open, unless `onBusy` is `interrupt`.
   * Repeated like `send` until it has an answer.
   */
  edit(messageId: string, content: string, options?: EditOptions): Promise<SendAck>;
  /** A message that begins no turn: the next one's model is told it. Repeated like `send`. */
  note(content: string, options?: NoteOptions): Promise<NoteAck>;
  /** By default the turn that is at work as it is called; where that is over by then, it is refused. */
  guide(content: string, options?: { turnId?: string }): Promise<{ turnId: string }>;
  confirm(answer: ConfirmAnswer): Promise<{ turnId: string }>;
  /** Answers a call of one of the `clientTools` that the turn's message came with. */
  output(answer: ToolAnswer & ToolCalled & { turnId: string }): Promise<{ turnId: string }>;
  /** Says so once however often it is called; nothing is said while there is no connection. */
  typing(typing: boolean): void;
  historySync(query?: HistorySync): Promise<HistoryPage>;
  /** Brings the page before the oldest message into `older`; whether there are more. */
  loadOlder(limit?: number): Promise<boolean>;
  /** Does not wait for the backoff; also revives a connection that the server has ended. */
  reconnectNow(): void;
  /** Ends the connection for good; what has no answer yet is rejected with `closed`. */
  close(): void;
}

/** With `toolCallId` to one call of the step that waits for approval, without it to the step itself. */
export type ConfirmAnswer = {
  turnId: string;
  step: string;
  approve: boolean;
  note?: string;
} & Partial<ToolCalled>;

/**
 * Which call is meant. Ids are the provider's and may repeat: with its `round` and `index`, as
 * `streamUses` has them, it is that one, without them the first that waits.
 */
export type ToolCalled = { toolCallId: string; round?: number; index?: number };

/** What came of a call that was handed to the client: one of the two. */
export type ToolAnswer = { output: JsonValue } | { error: string };
