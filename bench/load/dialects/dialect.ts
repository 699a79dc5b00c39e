import type { Seat } from "../wire-socket";

/** What a frame told a client, in words that all systems share. */
export type Heard =
  | { type: "ready"; session?: Session }
  /** `offset`: where the text belongs; `mark`: where to go on from. Where the system says so. */
  | { type: "text"; text: string; offset?: number; mark?: string }
  /** The answer is over; `text` is all of it where the system repeats it. */
  | { type: "end"; text?: string }
  | { type: "ack"; data?: unknown }
  /** An event of the task's log. */
  | { type: "logged"; seq: number; event: string; status?: string }
  | { type: "reply"; frame: string };

/** What a client needs to come back to where it was. */
export type Session = { epoch?: string; token?: string; headSeq?: number; offset?: string };

export type Dialect = {
  /**
   * Makes a room for so many clients and gives each its seat. `toolsUrl`: the MCP server whose tools its
   * model may call, where they are not the agent's own.
   */
  room(port: number, clients: number, toolsUrl?: string): Promise<Room>;
  decode(frame: string): Heard[];
  /** Whether it says `ready` once the client is in; else the handshake does. */
  greets: boolean;
  /** Sent once connected, where the protocol wants it. */
  hello?: string;
  /** The frame that has the room ask the model. */
  start(prompt: string): string;
  /** How a client comes back to where it was; absent where the system has no such thing. */
  resume?(seat: Seat, session: Session): Return;
  /** A frame that the room only acknowledges, or acknowledges before it works. */
  nudge(prompt: string): string;
};

/** `fromStart`: the text that is being written is told again from its beginning. */
export type Return = { seat: Seat; hello?: string; fromStart?: boolean };

export type Room = { id: string; seats: Seat[] };

let rooms = 0;

/** A name that no room had before, of this run or another. */
export function newRoomName(): string {
  rooms += 1;
  return `room-${process.pid}-${Date.now().toString(36)}-${rooms}`;
}

/** As many seats at the same address. */
export function sameSeats(port: number, path: string, clients: number): Seat[] {
  return Array.from({ length: clients }, () => ({ port, path }));
}
