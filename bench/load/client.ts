import type { Dialect, Heard } from "./dialects/dialect";
import { type Seat, WireSocket } from "./wire-socket";

const READY_DEADLINE_MS = 30_000;
/** Frames remembered: what a room sends to all its clients is read once and compared after that. */
const MEMORY = 512;

export type Ear = (heard: Heard, at: number) => void;

/** One participant: a socket and what it says in words that all systems share. */
export class Client {
  ear: Ear = () => undefined;
  #wire: WireSocket | undefined;
  readonly #early: string[] = [];
  #closedBecause: string | undefined;
  readonly #decode: Decode;

  private constructor(decode: Decode) {
    this.#decode = decode;
  }

  /** Resolves when the system has said that the client is in. */
  static async join(seat: Seat, dialect: Dialect, decode: Decode, ear?: Ear): Promise<Client> {
    const client = new Client(decode);
    const ready = Promise.withResolvers<void>();
    // Whoever waits for it hears of its end; nobody does while the handshake goes on.
    ready.promise.catch(() => undefined);
    client.ear = (heard, at) => {
      ear?.(heard, at);
      if (heard.type === "ready") ready.resolve();
    };
    client.#wire = await WireSocket.open(seat, {
      frame: (payload, at) => client.#hear(payload, at),
      closed: (why) => {
        client.#closedBecause ??= why;
        ready.reject(new Error(why));
      },
    });
    for (const frame of client.#early) client.send(frame);
    if (dialect.hello) client.send(dialect.hello);
    if (dialect.greets) {
      const late = setTimeout(() => ready.reject(new Error("no greeting")), READY_DEADLINE_MS);
      await ready.promise.finally(() => clearTimeout(late));
    }
    client.ear = ear ?? (() => undefined);
    return client;
  }

  get closedBecause(): string | undefined {
    return this.#closedBecause;
  }

  /** Frames may come with the handshake and be answered before the connection is ours. */
  send(frame: string): void {
    if (this.#wire) this.#wire.send(frame);
    else this.#early.push(frame);
  }

  cut(): void {
    this.#wire?.cut();
  }

  close(): void {
    this.#wire?.close();
  }

  #hear(payload: Buffer, at: number): void {
    for (const heard of this.#decode(payload)) {
      if (heard.type === "reply") this.send(heard.frame);
      else this.ear(heard, at);
    }
  }
}

export type Decode = (payload: Buffer) => Heard[];

/** Reads frames; one that has just been read for another client is not parsed again. */
export function decoderOf(dialect: Dialect): Decode {
  const memory = new Map<string, Heard[]>();
  return (payload) => {
    const text = payload.toString("utf8");
    const known = memory.get(text);
    if (known) return known;
    const heard = dialect.decode(text);
    memory.set(text, heard);
    const oldest = memory.size > MEMORY ? memory.keys().next().value : undefined;
    if (oldest !== undefined) memory.delete(oldest);
    return heard;
  };
}
