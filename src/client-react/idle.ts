import type { ConnectionStatus, RoomSnapshot, UserSnapshot } from "../client";

const connection: ConnectionStatus = { state: "connecting", attempt: 1 };

/** A room before it is open, and wherever a page is made on a server. */
export const IDLE_ROOM: RoomSnapshot = {
  connection,
  room: undefined,
  presence: [],
  unsent: [],
  older: [],
  hasOlder: undefined,
  sessionId: undefined,
  limits: undefined,
};

export const NO_ROOM: RoomSnapshot = {
  ...IDLE_ROOM,
  connection: { state: "closed", closed: { code: "closed", reason: "no room was named" } },
};

export const IDLE_USER: UserSnapshot = { connection, unread: 0, notifications: [] };
