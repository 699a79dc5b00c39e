import type { ChatSend } from "../../protocol/commands/chat-send";
import type { MomentaryEvent } from "../../protocol/events";
import type { Presence } from "../../protocol/events/presence";
import type { Message } from "../../protocol/message";
import type { RoomState } from "../../protocol/room-state";
import type { ConnectionStatus } from "../connection/status";

type Ready = Extract<MomentaryEvent, { type: "session:ready" }>["data"];

/** A message that the room has not acknowledged yet. */
export type UnsentMessage = ChatSend & {
  readonly clientMessageId: string;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
};

/** A room as it stands; never changed, a new one takes its place. */
export type RoomSnapshot = {
  readonly connection: ConnectionStatus;
  /** Nothing before the first `session:ready`. */
  readonly room: RoomState | undefined;
  /** Everybody who is here, ourselves too. */
  readonly presence: readonly Presence[];
  /** In the order in which they were sent; a message that is in `room.messages` is not here. */
  readonly unsent: readonly UnsentMessage[];
  /** What `loadOlder` has brought: before `room.messages`, oldest first. */
  readonly older: readonly Message[];
  /** Whether there may be more for `loadOlder`; not known before the room has said so, or a page. */
  readonly hasOlder: boolean | undefined;
  readonly sessionId: string | undefined;
  readonly limits: Ready["limits"] | undefined;
};
