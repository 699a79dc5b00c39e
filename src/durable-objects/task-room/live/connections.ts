import type { Presence } from "../../../protocol/events/presence";
import { OpenSockets } from "../../sockets/open-sockets";
import { RoomConnection } from "./connection";

/** The sockets of a task's room. */
export class Connections extends OpenSockets<RoomConnection> {
  constructor(sockets: WebSocket[]) {
    super(sockets, (ws) => RoomConnection.revived(ws));
  }

  ofSession(sessionId: string): RoomConnection[] {
    return this.all().filter(({ attached }) => attached.sessionId === sessionId);
  }

  joined(): RoomConnection[] {
    return this.all().filter((connection) => connection.joined);
  }

  /** One entry for each user who is here. */
  presence(): Presence[] {
    const users = new Map<string, Presence>();
    for (const { principal, typing } of this.joined()) {
      const known = users.get(principal.userId);
      users.set(principal.userId, {
        ...presenceOf(principal),
        state: typing || known?.state === "typing" ? "typing" : "joined",
        connections: (known?.connections ?? 0) + 1,
      });
    }
    return [...users.values()];
  }

  countOf(userId: string): number {
    return this.joined().filter(({ principal }) => principal.userId === userId).length;
  }
}

export function presenceOf({ userId, name }: { userId: string; name?: string | undefined }) {
  return { userId, ...(name !== undefined && { name }) };
}
