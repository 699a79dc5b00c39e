import type { CLOSE } from "../../protocol/close-codes";
import { failureOf, TaskroomError } from "../errors";
import type { Context } from "../rest/context";
import { backoffMs } from "./backoff";
import { openSocket, type Place } from "./handshake";
import { LOST, Socket } from "./socket";
import type { ConnectionStatus, EndCode } from "./status";
import { Timer } from "./timer";
import { onWakeUp } from "./wake-up";

type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Closes after which to come back would end the same way. */
const FINAL = new Map<number, EndCode>([
  [1009 satisfies CloseCode, "incompatible"],
  [4400 satisfies CloseCode, "incompatible"],
  [4403 satisfies CloseCode, "removed"],
  [4410 satisfies CloseCode, "deleted"],
]);
const UNAUTHORIZED: CloseCode = 4401;
const SESSION_EXPIRED: CloseCode = 4408;
const FLOODING: CloseCode = 4429;
/** A window of the server's command limit: to come back within it is to flood again. */
const FLOOD_WAIT_MS = 10_000;
/** How many times as long a slow line is waited for at most: a frame of 1 MiB takes it a minute. */
const MOST_PATIENCE = 8;

/** Why a handshake came to nothing, and whether to try again. */
export type Verdict =
  | { final: true; code: EndCode; error: TaskroomError }
  | { final: false; error?: TaskroomError; afterMs?: number };

export type LinkParts = {
  context: Context;
  /** Path below `/api/v1`. */
  path: string;
  /** Asked for each handshake. */
  place: () => Place;
  onText: (text: string) => void;
  onStatus: (status: ConnectionStatus) => void;
  /** The server has ended our session: the recovery token is of no use. */
  onSessionExpired: () => void;
  /** Asks over REST what a refused upgrade cannot say. */
  whyRefused: () => Promise<Verdict>;
};

/** `ended` by the server's word, `closed` by the caller's. */
type Phase = "connecting" | "open" | "waiting" | "ended" | "closed";

/** A connection that comes back: what is between one socket and the next. */
export class Link {
  readonly #parts: LinkParts;
  #phase: Phase = "connecting";
  #socket: Socket | undefined;
  #token = "";
  /** A token for which the server has closed a connection. */
  #refusedToken: string | undefined;
  #attempt = 0;
  #openedAt = 0;
  /**
   * Doubles with each silence, until a ping is answered: a frame that takes a slow line longer than that would
   * be cut off each time, and come again from its beginning.
   */
  #patience = 1;
  readonly #retry = new Timer();
  /** Goes up with every change of phase: what was begun in another one is not wanted any more. */
  #generation = 0;
  #unwatch: () => void = () => undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#unwatch = onWakeUp(() => {
      if (this.#phase === "waiting") void this.#connect();
      else this.#socket?.ping();
    });
    void this.#connect();
  }

  send(text: string): void {
    if (this.#phase === "open") this.#socket?.send(text);
  }

  /** The first frame is there. */
  ready(resumed: boolean): void {
    this.#enter("open");
    this.#openedAt = Date.now();
    this.#socket?.ready();
    this.#parts.onStatus({ state: "open", resumed });
  }

  /** What was heard does not fit together: to resume mends it. */
  restart(reason: string): void {
    this.#socket?.drop(reason);
  }

  reconnectNow(): void {
    if (this.#phase === "waiting") void this.#connect();
    if (this.#phase !== "ended") return;
    this.#attempt = 0;
    this.#refusedToken = undefined;
    this.start();
  }

  close(): void {
    if (this.#phase === "closed") return;
    const socket = this.#socket;
    this.#stop("closed");
    socket?.drop("closed by the caller");
    const closed = { code: "closed", reason: "closed by the caller" } as const;
    this.#parts.onStatus({ state: "closed", closed });
  }

  async #connect(): Promise<void> {
    const { context, onStatus } = this.#parts;
    const generation = this.#enter("connecting");
    this.#attempt += 1;
    onStatus({ state: "connecting", attempt: this.#attempt });
    const token = await context.token().catch(failureOf);
    if (generation !== this.#generation) return;
    if (typeof token !== "string") return this.#hasNoToken(token);
    this.#token = token;
    if (token !== this.#refusedToken) return this.#open();
    const error = new TaskroomError("unauthorized", "The token has expired or was revoked.");
    this.#end({ final: true, code: error.code, error });
  }

  /** One that is not there yet may come; one that no server takes stays as it is. */
  #hasNoToken(error: TaskroomError): void {
    if (error.code === "bad_options") this.#end({ final: true, code: error.code, error });
    else this.#wait({ final: false, error });
  }

  #open(): void {
    const { context, path, place, onText } = this.#parts;
    const { url, timing, sockets } = context;
    try {
      const handshake = { url: url(), path, token: this.#token, place: place() };
      const opened = openSocket(sockets(), handshake);
      const handshakeMs = timing.handshakeMs * this.#patience;
      const pongMs = timing.pongMs * this.#patience;
      this.#socket = new Socket(
        opened,
        { ...timing, handshakeMs, pongMs },
        {
          onText,
          onEnd: (code, reason) => void this.#lost(code, reason),
          onAnswer: (came) => {
            this.#patience = came ? 1 : Math.min(MOST_PATIENCE, this.#patience * 2);
          },
        },
      );
    } catch (error) {
      if (!(error instanceof TaskroomError)) throw error;
      this.#end({ final: true, code: error.code, error });
    }
  }

  async #lost(code: number, reason: string): Promise<void> {
    if (this.#phase === "ended" || this.#phase === "closed") return;
    const wasOpen = this.#phase === "open";
    const { context, onSessionExpired, onStatus, whyRefused } = this.#parts;
    if (wasOpen && Date.now() - this.#openedAt >= context.timing.stableMs) this.#attempt = 0;
    this.#socket = undefined;
    const why = reason || `the connection ended with code ${code}`;
    const error = new TaskroomError("connection_lost", why);
    const end = FINAL.get(code);
    if (end) return this.#end({ final: true, code: end, error });
    if (code === UNAUTHORIZED) this.#refusedToken = this.#token;
    if (code === SESSION_EXPIRED) onSessionExpired();
    const afterMs = code === FLOODING ? FLOOD_WAIT_MS : 0;
    if (wasOpen || code !== LOST) return this.#wait({ final: false, error, afterMs });
    const generation = this.#enter("connecting");
    onStatus({ state: "connecting", attempt: this.#attempt });
    const verdict = await whyRefused();
    if (generation !== this.#generation) return;
    if (verdict.final) this.#end(verdict);
    else this.#wait(verdict);
  }

  #wait({ error, afterMs = 0 }: Extract<Verdict, { final: false }>): void {
    this.#enter("waiting");
    const { timing, random } = this.#parts.context;
    const delayMs = Math.max(afterMs, backoffMs(this.#attempt, timing, random));
    this.#retry.start(delayMs, () => void this.#connect());
    this.#parts.onStatus({
      state: "waiting",
      attempt: this.#attempt,
      retryAt: Date.now() + delayMs,
      ...(error && { error }),
    });
  }

  #end({ code, error }: Extract<Verdict, { final: true }>): void {
    this.#stop("ended");
    this.#parts.onStatus({ state: "closed", closed: { code, reason: error.detail }, error });
  }

  #stop(phase: "ended" | "closed"): void {
    this.#enter(phase);
    this.#unwatch();
    this.#socket = undefined;
  }

  #enter(phase: Phase): number {
    this.#phase = phase;
    this.#retry.stop();
    this.#generation += 1;
    return this.#generation;
  }
}
