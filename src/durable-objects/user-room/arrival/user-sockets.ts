import { increment } from "../../../platform/metrics";
import { CLOSE } from "../../../protocol/close-codes";
import { type Refusal, refuse } from "../../../protocol/errors";
import { parseJson } from "../../../protocol/json";
import type { MetricsFeed } from "../../metrics-feed";
import { isTooBig, refOf } from "../../task-room/commands/frame-handler";
import type { Connection } from "../../task-room/live/connection";
import { Connections } from "../../task-room/live/connections";
import { packed } from "../../task-room/live/fan-out";

/** The sockets of a user's devices; all of them get everything. */
export class UserSockets {
  readonly #connections: Connections;
  readonly #now: () => number;
  readonly #metrics: MetricsFeed;

  constructor(sockets: WebSocket[], now: () => number, metrics: MetricsFeed) {
    this.#connections = new Connections(sockets);
    this.#now = now;
    this.#metrics = metrics;
  }

  get size(): number {
    return this.#connections.size;
  }

  add(connection: Connection): void {
    this.#connections.add(connection);
    this.#metrics.tell([increment("taskroom_connections_opened_total", { room: "user" })]);
  }

  remove(ws: WebSocket): void {
    if (!this.#connections.of(ws)) return;
    this.#connections.remove(ws);
    this.#metrics.tell([increment("taskroom_connections_closed_total", { room: "user" })]);
  }

  send(events: readonly object[]): void {
    if (events.length === 0 || this.size === 0) return;
    const frame = packed(events);
    for (const connection of this.#connections.joined()) {
      if (connection.isBehind) continue;
      if (connection.isExpired(this.#now())) expire(connection);
      else if (connection.isTooSlow()) connection.close(CLOSE.tooSlow, "too slow: resume later");
      else connection.sendText(frame);
    }
  }

  /** A frame from a device; `ping` is answered by the runtime, and there is no other command. */
  receive(ws: WebSocket, frame: string | ArrayBuffer): void {
    const connection = this.#connections.of(ws);
    if (!connection) ws.close(CLOSE.restart, "restart");
    else if (connection.isExpired(this.#now())) expire(connection);
    else if (isTooBig(frame)) connection.close(CLOSE.tooBig, "frame too big");
    else if (connection.limiter.malformed(this.#now())) connection.send(errorFor(frame));
    else connection.close(CLOSE.malformed, "too many malformed frames");
  }

  closeExpired(): void {
    for (const connection of this.#connections.all()) {
      if (connection.isExpired(this.#now())) expire(connection);
    }
  }

  closeKey(keyId: string): void {
    for (const connection of this.#connections.all()) {
      if (connection.principal.keyId !== keyId) continue;
      connection.close(CLOSE.unauthorized, "API key revoked");
    }
  }

  /** When the first credential runs out; milliseconds since 1970. */
  nextExpiry(): number | undefined {
    return this.#connections.nextExpiry();
  }
}

function expire(connection: Connection): void {
  connection.close(CLOSE.unauthorized, "token expired");
}

function errorFor(frame: string | ArrayBuffer): object {
  const json = typeof frame === "string" ? parseJson(frame) : undefined;
  const ref = refOf(json?.value);
  const message = json?.ok === false ? json.message : "the only command here is ping";
  const error: Refusal = refuse("invalid_request", message, { issues: [{ path: "", message }] });
  return { type: "error", ...(ref !== undefined && { ref }), error };
}
