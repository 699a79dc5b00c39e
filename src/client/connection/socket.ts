import type { SocketLike, Timing } from "../options";
import { Timer } from "./timer";

/** The code that browsers give a connection that ended without a word. */
export const LOST = 1006;
/** `readyState` of a socket that can be written to. */
const OPEN = 1;

type Hearer = {
  onText: (text: string) => void;
  /** A ping was answered, behind whatever was on its way; or what was waited for did not come, and the end follows. */
  onAnswer: (came: boolean) => void;
  /** Called once, whatever ends the socket, and nothing is heard after it. */
  onEnd: (code: number, reason: string) => void;
};

/** One WebSocket's life, watched: silence is asked about, and one without an answer is given up. */
export class Socket {
  readonly #socket: SocketLike;
  readonly #timing: Timing;
  readonly #hearer: Hearer;
  /** By when something must have come. */
  readonly #deadline = new Timer();
  readonly #nextPing = new Timer();
  #isReady = false;
  #ended = false;

  constructor(socket: SocketLike, timing: Timing, hearer: Hearer) {
    this.#socket = socket;
    this.#timing = timing;
    this.#hearer = hearer;
    this.#expect(timing.handshakeMs, "no handshake in time");
    socket.addEventListener("message", ({ data }) => {
      if (!this.#ended && typeof data === "string") this.#hear(data);
    });
    socket.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    // Not every runtime lets a `close` follow; where one does, it comes too late to matter.
    socket.addEventListener("error", () => this.drop("the connection failed"));
  }

  /** The handshake is over: from now on the connection is asked whether it lives. */
  ready(): void {
    this.#isReady = true;
    this.#deadline.stop();
    this.#nextPing.start(this.#timing.pingMs, () => this.ping());
    // Local workerd leaves the transport of a socket that never spoke open after its close, and Node
    // tells of a close when the transport ends. The answer comes behind all that was missed.
    this.send("ping");
  }

  ping(): void {
    if (!this.#isReady || this.#deadline.isRunning) return;
    this.#nextPing.start(this.#timing.pingMs, () => this.ping());
    this.#expect(this.#timing.pongMs, "no answer to a ping");
    this.send("ping");
  }

  send(text: string): void {
    // Once the other side has said that it ends, what is written goes nowhere, and the `close` may
    // be long in coming: some runtimes wait for the end of the transport.
    if (this.#socket.readyState === OPEN) this.#socket.send(text);
    else this.drop("the connection takes nothing");
  }

  /** Gives the connection up without waiting for the other side. */
  drop(reason: string): void {
    if (this.#ended) return;
    try {
      this.#socket.close(1000);
    } catch {
      // One that is not open yet cannot be closed everywhere.
    }
    this.#end(LOST, reason);
  }

  #hear(text: string): void {
    if (this.#isReady) this.#deadline.stop();
    if (text === "pong") this.#hearer.onAnswer(true);
    else this.#hearer.onText(text);
  }

  #expect(ms: number, otherwise: string): void {
    this.#deadline.start(ms, () => {
      this.#hearer.onAnswer(false);
      this.drop(otherwise);
    });
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.stop();
    this.#nextPing.stop();
    this.#hearer.onEnd(code, reason);
  }
}
