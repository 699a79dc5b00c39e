import { increment } from "../../../platform/metrics";
import { CLOSE } from "../../../protocol/close-codes";
import { parseJson } from "../../../protocol/json";
import type { UserEvent, UserMomentaryEvent } from "../../../protocol/user-events";
import type { MetricsFeed } from "../../metrics-feed";
import { Connection, type SocketAttachment, socketAttachment } from "../../sockets/connection";
import { isTooBig, refOf } from "../../sockets/frame";
import { OpenSockets } from "../../sockets/open-sockets";
import { packed } from "../../sockets/packing";
import { malformed, type Reply } from "../../sockets/reply";

type Said = UserEvent | UserMomentaryEvent;

/** One of a user's devices. */
export class Device extends Connection<SocketAttachment, Said | Reply<never>> {}

/** `after` is the last number of the log that the device was sent; absent where that is the head. */
type WhenFull = (device: Device, after: number | undefined) => void;

/** The sockets of a user's devices; all of them get everything. */
export class UserSockets extends OpenSockets<Device> {
  readonly #now: () => number;
  readonly #metrics: MetricsFeed;
  #whenFull: WhenFull = (device) => device.closeAsSlow();

  constructor(sockets: WebSocket[], now: () => number, metrics: MetricsFeed) {
    super(sockets, revived);
    this.#now = now;
    this.#metrics = metrics;
  }

  /** Sees to those that go; `whenFull` to those that have too much unsent to be sent more. */
  attend(whenFull: WhenFull): void {
    this.#whenFull = whenFull;
    this.watch(() => {
      this.#metrics.tell([increment("taskroom_connections_closed_total", { room: "user" })]);
    });
  }

  override letIn(device: Device, welcome: () => void): void {
    this.#metrics.tell([increment("taskroom_connections_opened_total", { room: "user" })]);
    super.letIn(device, welcome);
  }

  send(events: readonly Said[]): void {
    if (events.length === 0 || this.size === 0) return;
    const frames = packed(events);
    const first = events.find((event) => "seq" in event);
    const after = first && first.seq - 1;
    for (const device of this.all()) {
      if (!device.isLive || !this.mayHear(device)) continue;
      if (device.isFull()) this.#whenFull(device, after);
      else for (const frame of frames) device.push(frame);
    }
  }

  /** One whose token has run out may not, and is cut off. */
  mayHear(device: Device): boolean {
    if (!device.isExpired(this.#now())) return true;
    device.close(CLOSE.unauthorized, "token expired");
    return false;
  }

  /** A frame from a device; `ping` is answered by the runtime, and there is no other command. */
  receive(ws: WebSocket, frame: string | ArrayBuffer): void {
    const device = this.of(ws);
    if (!device || !this.mayHear(device)) return;
    if (isTooBig(frame)) device.close(CLOSE.tooBig, "frame too big");
    else if (device.limiter.malformed(this.#now())) device.send(errorFor(frame));
    else device.close(CLOSE.malformed, "too many malformed frames");
  }

  closeExpired(): void {
    for (const device of this.all()) this.mayHear(device);
  }

  closeKey(keyId: string): void {
    for (const device of this.all()) {
      if (device.principal.keyId === keyId) device.close(CLOSE.unauthorized, "API key revoked");
    }
  }
}

function revived(ws: WebSocket): Device | undefined {
  const attached = socketAttachment.safeParse(ws.deserializeAttachment());
  return attached.success ? new Device(ws, attached.data) : undefined;
}

function errorFor(frame: string | ArrayBuffer): Reply<never> {
  const json = typeof frame === "string" ? parseJson(frame) : undefined;
  const ref = refOf(json?.value);
  const error = malformed(json?.ok === false ? json.message : "the only command here is ping");
  return { type: "error", ...(ref !== undefined && { ref }), error };
}
