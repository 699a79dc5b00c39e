import type { Notification, UserEvent, UserMomentaryEvent } from "../../protocol/user-events";
import type { ConnectionStatus } from "./status";

export type UserRoomEvent = UserEvent | UserMomentaryEvent;
export type UserRoomEventType = UserRoomEvent["type"];
export type UserRoomEventOf<Type extends UserRoomEventType> = Extract<
  UserRoomEvent,
  { type: Type }
>;

/** What all of a user's devices share; never changed, a new one takes its place. */
export type UserSnapshot = {
  readonly connection: ConnectionStatus;
  readonly unread: number;
  /** The newest unread ones, newest first. */
  readonly notifications: readonly Notification[];
};

/** The user's own room: notifications, and what happens to the user's tasks. */
export interface UserConnection {
  subscribe(listener: () => void): () => void;
  getSnapshot(): UserSnapshot;
  on<Type extends UserRoomEventType>(
    type: Type,
    listener: (event: UserRoomEventOf<Type>) => void,
  ): () => void;
  on(type: "*", listener: (event: UserRoomEvent) => void): () => void;
  reconnectNow(): void;
  close(): void;
}
