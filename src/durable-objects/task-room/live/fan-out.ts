import { CLOSE } from "../../../protocol/close-codes";
import type { LogEvent, RoomEvent } from "../../../protocol/events";
import type { Role } from "../../../protocol/identity";
import type { Connection } from "./connection";
import type { Connections } from "./connections";

/** The event that says to each reader which role is theirs. */
const PERSONAL = "task:updated";

type RoleOf = (userId: string) => Role | undefined;

/** Sends events to everyone who may hear them; each frame is serialized once for all sockets. */
export class FanOut {
  readonly #connections: Connections;
  readonly #roleOf: RoleOf;
  readonly #now: () => number;

  constructor(connections: Connections, roleOf: RoleOf, now: () => number) {
    this.#connections = connections;
    this.#roleOf = roleOf;
    this.#now = now;
  }

  send(events: RoomEvent[]): void {
    if (events.length === 0) return;
    const frames = new RoleFrames(events);
    this.sendEach((_, role) => frames.for(role));
  }

  /** Sends each connection a frame of its own, or none; asks only for those who may hear the room. */
  sendEach(frameFor: (connection: Connection, role: Role) => string | undefined): void {
    const now = this.#now();
    for (const connection of this.#connections.all()) {
      if (!connection.hears) continue;
      const role = this.#roleStillHeld(connection, now);
      const frame = role && frameFor(connection, role);
      if (frame !== undefined) connection.push(frame);
    }
  }

  /** The role of a connection that may still hear the room; one that may not is cut off. */
  #roleStillHeld(connection: Connection, now: number): Role | undefined {
    const role = this.#roleOf(connection.principal.userId);
    if (!role) connection.close(CLOSE.removed, "access removed");
    else if (connection.isExpired(now)) connection.close(CLOSE.unauthorized, "token expired");
    else if (connection.isTooSlow()) connection.close(CLOSE.tooSlow, "too slow: resume later");
    else return role;
    return undefined;
  }
}

/** The same events as one frame, made once for all and, where a task is in them, once per role. */
class RoleFrames {
  readonly #events: RoomEvent[];
  /** The frame of everybody, where there is one. */
  readonly #common: string | undefined;
  readonly #byRole = new Map<Role, string>();

  constructor(events: RoomEvent[]) {
    this.#events = events;
    if (!events.some((event) => event.type === PERSONAL)) this.#common = packed(events);
  }

  for(role: Role): string {
    if (this.#common !== undefined) return this.#common;
    const made = this.#byRole.get(role) ?? packed(this.#events.map((one) => forRole(one, role)));
    this.#byRole.set(role, made);
    return made;
  }
}

/** Whether stored events, as JSON, may have one in them that each role hears otherwise. */
export function isPersonal(json: string): boolean {
  return json.includes(`"type":"${PERSONAL}"`);
}

/** A task names the role of whoever reads it. */
export function forRole(event: LogEvent, role: Role): LogEvent;
export function forRole(event: RoomEvent, role: Role): RoomEvent;
export function forRole(event: RoomEvent, role: Role): RoomEvent {
  if (event.type !== PERSONAL) return event;
  return { ...event, data: { task: { ...event.data.task, role } } };
}

/** One frame for one event or several (contract section 4, `batch`). */
export function packed(events: readonly object[]): string {
  return JSON.stringify(events.length === 1 ? events[0] : { type: "batch", data: events });
}
