import type { Presence } from "../../../protocol/events/presence";
import { attachment, Connection } from "./connection";

/** The sockets of a room, found again after hibernation by what is attached to them. */
export class Connections {
  readonly #all = new Map<WebSocket, Connection>();

  constructor(sockets: WebSocket[]) {
    for (const ws of sockets) {
      const attached = attachment.safeParse(ws.deserializeAttachment());
      // One of an older form, or that was being told what it missed, has to come back.
      if (attached.success && !attached.data.behind)
        this.#all.set(ws, new Connection(ws, attached.data));
      else if (ws.readyState === WebSocket.OPEN) ws.close(1012, "restart");
    }
  }

  get size(): number {
    return this.#all.size;
  }

  all(): Connection[] {
    return [...this.#all.values()];
  }

  of(ws: WebSocket): Connection | undefined {
    return this.#all.get(ws);
  }

  ofSession(sessionId: string): Connection[] {
    return this.all().filter(({ attached }) => attached.sessionId === sessionId);
  }

  add(connection: Connection): void {
    this.#all.set(connection.ws, connection);
  }

  remove(ws: WebSocket): void {
    this.#all.delete(ws);
  }

  joined(): Connection[] {
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

  /** When the first credential of an open socket runs out; milliseconds since 1970. */
  nextExpiry(): number | undefined {
    // One that is closed already may take its time to go; nothing is to be done about it any more.
    const open = this.all().filter(({ isOpen }) => isOpen);
    const times = open.flatMap(({ principal }) => principal.expiresAt ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }
}

export function presenceOf({ userId, name }: { userId: string; name?: string | undefined }) {
  return { userId, ...(name !== undefined && { name }) };
}
