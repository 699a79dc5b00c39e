import { CLOSE } from "../../src/protocol/close-codes";
import type { RoomEvent } from "../../src/protocol/events";
import { reconnectDelayMs } from "./backoff";
import { decodeFrame, type Incoming } from "./frames";
import { Outbox, type Reply } from "./outbox";
import { whyRefused } from "./refusal";
import type { Server } from "./rest";

const PING_MS = 25_000;

/** Closes after which coming back would end the same way. */
const FINAL: Record<number, string> = {
  [CLOSE.removed]: "You are no longer a member of this task.",
  [CLOSE.deleted]: "The task was deleted.",
  [CLOSE.malformed]: "The server does not understand this client.",
  [CLOSE.tooBig]: "The server does not take frames of this size.",
};

export type Room = {
  server: Server;
  taskId: string;
  /** Where to go on after a break; nothing before the first snapshot. */
  position: () => { after: number; epoch: string } | undefined;
  onEvent: (event: RoomEvent) => void;
  onNote: (text: string) => void;
  /** Nothing will come any more. */
  onEnd: (reason: string) => void;
};

/** A place in a room that outlives its sockets: what has no answer yet is sent again. */
export class Connection {
  readonly #room: Room;
  readonly #outbox = new Outbox();
  #socket: WebSocket | undefined;
  #state: "connecting" | "ready" | "ended" = "connecting";
  #failures = 0;
  #heard = true;
  #token = "";
  #recoveryToken: string | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(room: Room) {
    this.#room = room;
    this.#connect();
  }

  /** `id` ties the reply to its command; the same one goes out again after a break. */
  send(type: string, data: object, id: string = crypto.randomUUID()): Promise<Reply> {
    const frame = JSON.stringify({ type, id, data });
    const reply = this.#outbox.add(id, frame);
    if (this.#state === "ready") this.#socket?.send(frame);
    return reply;
  }

  close(): void {
    this.#state = "ended";
    clearInterval(this.#pings);
    this.#socket?.close(1000);
  }

  async #connect(): Promise<void> {
    const { server, taskId, position } = this.#room;
    this.#token = await server.token();
    if (this.#state === "ended") return;
    const url = new URL(`${server.url}/api/v1/tasks/${taskId}/chat`);
    url.protocol = url.protocol.replace("http", "ws");
    for (const [name, value] of Object.entries(position() ?? {})) {
      url.searchParams.set(name, String(value));
    }
    const resume = this.#recoveryToken ? [`taskroom.resume.${this.#recoveryToken}`] : [];
    const protocols = ["taskroom.v1", `taskroom.bearer.${this.#token}`, ...resume];
    const socket = new WebSocket(url.href, protocols);
    this.#socket = socket;
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
    });
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", ({ code }) => this.#lost(socket, opened, code));
  }

  #receive(text: string): void {
    this.#heard = true;
    for (const incoming of decodeFrame(text)) this.#take(incoming);
  }

  #take(incoming: Incoming): void {
    if (incoming.kind === "event") {
      if (incoming.event.type === "session:ready") this.#ready(incoming.event.data.recoveryToken);
      this.#room.onEvent(incoming.event);
    }
    if (incoming.kind === "ack") {
      this.#outbox.settle(incoming.ref, { ok: true, data: incoming.data });
    }
    if (incoming.kind !== "refused") return;
    const { ref, refusal } = incoming;
    if (ref === undefined) this.#room.onNote(refusal.message);
    else if (refusal.code === "rate_limited") this.#later(ref, refusal.retryAfterMs ?? 1000);
    else this.#outbox.settle(ref, { ok: false, refusal });
  }

  #ready(recoveryToken: string): void {
    if (this.#failures > 0) this.#room.onNote("connected again");
    this.#failures = 0;
    this.#recoveryToken = recoveryToken;
    this.#state = "ready";
    for (const frame of this.#outbox.frames) this.#socket?.send(frame);
    clearInterval(this.#pings);
    this.#heard = true;
    this.#pings = setInterval(() => this.#ping(), PING_MS);
  }

  #later(id: string, delayMs: number): void {
    setTimeout(() => {
      const frame = this.#outbox.frameOf(id);
      if (frame && this.#state === "ready") this.#socket?.send(frame);
    }, delayMs);
  }

  /** A connection that died in silence is found by its missing pong. */
  #ping(): void {
    const socket = this.#socket;
    if (!this.#heard && socket) {
      this.#lost(socket, true, 1006);
      socket.close();
      return;
    }
    this.#heard = false;
    socket?.send("ping");
  }

  async #lost(socket: WebSocket, opened: boolean, code: number): Promise<void> {
    if (socket !== this.#socket || this.#state === "ended") return;
    this.#socket = undefined;
    this.#state = "connecting";
    clearInterval(this.#pings);
    this.#failures += 1;
    const { server, taskId, onNote } = this.#room;
    const final = FINAL[code];
    if (final) return this.#end(final);
    if (code === CLOSE.unauthorized && (await server.token()) === this.#token) {
      return this.#end("The token has expired or was revoked.");
    }
    if (code === CLOSE.sessionExpired) this.#recoveryToken = undefined;
    let delayMs = reconnectDelayMs(this.#failures, Math.random());
    if (!opened) {
      const verdict = await whyRefused(server, taskId, this.#recoveryToken);
      if (verdict.kind === "final") return this.#end(verdict.reason);
      this.#recoveryToken = verdict.recoveryToken;
      delayMs = Math.max(delayMs, verdict.afterMs ?? 0);
    }
    if (this.#failures === 1) onNote("connection lost, reconnecting…");
    setTimeout(() => this.#connect(), delayMs);
  }

  #end(reason: string): void {
    this.#state = "ended";
    this.#outbox.giveUp(reason);
    this.#room.onEnd(reason);
  }
}
