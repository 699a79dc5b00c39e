import { CLOSE } from "../../../protocol/close-codes";
import type { LogEvent, RoomEvent } from "../../../protocol/events";
import type { Role } from "../../../protocol/identity";
import { packedTexts } from "../../sockets/packing";
import type { RoomConnection } from "./connection";
import type { Connections } from "./connections";

/** The event that says to each reader which role is theirs. */
const PERSONAL = "task:updated";

type RoleOf = (userId: string) => Role | undefined;
/** `after` is the last number of the log that the connection was sent. */
type WhenFull = (connection: RoomConnection, after: number) => void;

/** Sends events to everyone who may hear them; each frame is serialized once for all sockets. */
export class FanOut {
  readonly #connections: Connections;
  readonly #roleOf: RoleOf;
  readonly #now: () => number;
  #whenFull: WhenFull = (connection) => connection.closeAsSlow();
  /** The last number that everybody was sent who hears the room. */
  #toldThrough = 0;

  constructor(connections: Connections, roleOf: RoleOf, now: () => number) {
    this.#connections = connections;
    this.#roleOf = roleOf;
    this.#now = now;
  }

  /** Who is to see to a connection that has too much unsent to be sent more; `head` is the log's. */
  watch(whenFull: WhenFull, head: number): void {
    this.#whenFull = whenFull;
    this.#toldThrough = head;
  }

  /** `texts` are the events as JSON, where somebody has written them already. */
  send(events: RoomEvent[], texts = events.map((event) => JSON.stringify(event))): void {
    if (events.length === 0) return;
    const frames = new RoleFrames(events, texts);
    this.sendEach((_, role) => frames.for(role));
    const last = events.at(-1);
    if (last && "seq" in last) this.#toldThrough = last.seq;
  }

  /** Sends each connection frames of its own, or none; asks only for those who may hear the room. */
  sendEach(framesFor: (connection: RoomConnection, role: Role) => readonly string[]): void {
    for (const connection of this.#connections.all()) {
      if (!connection.hears) continue;
      const role = this.roleFor(connection);
      if (!role) continue;
      if (connection.isFull()) this.#whenFull(connection, this.#toldThrough);
      else for (const frame of framesFor(connection, role)) connection.push(frame);
    }
  }

  /** The role of a connection that may still hear the room; one that may not is cut off. */
  roleFor(connection: RoomConnection): Role | undefined {
    const role = this.#roleOf(connection.principal.userId);
    if (!role) connection.close(CLOSE.removed, "access removed");
    else if (connection.isExpired(this.#now())) {
      connection.close(CLOSE.unauthorized, "token expired");
    } else return role;
    return undefined;
  }
}

/** The same events as frames, made once for all and, where a task is in them, once per role. */
class RoleFrames {
  readonly #events: RoomEvent[];
  readonly #texts: string[];
  /** The frames of everybody, where there are such. */
  readonly #common: string[] | undefined;
  readonly #byRole = new Map<Role, string[]>();

  constructor(events: RoomEvent[], texts: string[]) {
    this.#events = events;
    this.#texts = texts;
    if (!events.some((event) => event.type === PERSONAL)) this.#common = packedTexts(texts);
  }

  for(role: Role): string[] {
    if (this.#common !== undefined) return this.#common;
    const made = this.#byRole.get(role) ?? packedTexts(this.#textsFor(role));
    this.#byRole.set(role, made);
    return made;
  }

  #textsFor(role: Role): string[] {
    return this.#events.map((event, i) =>
      event.type === PERSONAL ? JSON.stringify(forRole(event, role)) : (this.#texts[i] ?? ""),
    );
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
