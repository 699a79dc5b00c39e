import type { FetchLike, SocketConstructor, SocketLike } from "../../src/client";

type Listener = (event: { data: unknown; code: number; reason: string }) => void;

/** One socket of a client, with the server's end in the test's hand. */
export class FakeSocket implements SocketLike {
  readonly url: URL;
  readonly protocols: string[];
  /** What the client sent, pings and commands alike. */
  readonly sent: string[] = [];
  /** Whether the client has ended it. */
  closed = false;
  readyState = 1;
  readonly #listeners: [type: string, listener: Listener][] = [];

  constructor(url: string, protocols: string[]) {
    this.url = new URL(url);
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closed = true;
  }

  /** The commands among what was sent. */
  get commands(): { type: string; id: string; data: Record<string, unknown> }[] {
    return this.sent.filter((text) => text !== "ping").map((text) => JSON.parse(text));
  }

  says(frame: object | string): void {
    const data = typeof frame === "string" ? frame : JSON.stringify(frame);
    this.#tell("message", { data, code: 0, reason: "" });
  }

  ends(code = 1006, reason = ""): void {
    this.#tell("close", { data: undefined, code, reason });
  }

  fails(): void {
    this.#tell("error", { data: undefined, code: 0, reason: "" });
  }

  #tell(type: string, event: Parameters<Listener>[0]): void {
    for (const [heard, listener] of this.#listeners) if (heard === type) listener(event);
  }
}

/** An answer of REST: a status with its body, or none at all. */
export type FakeAnswer = { status: number; body?: unknown; headers?: Record<string, string> };

/** What a client has instead of a network. */
export class FakeWire {
  readonly sockets: FakeSocket[] = [];
  readonly requests: { line: string; body: unknown; headers: Record<string, string> }[] = [];
  /** By `METHOD /path`, without the query; what is not here cannot be reached. */
  readonly answers = new Map<string, FakeAnswer>();
  /** Asked before `answers`, and waited for; what it does not answer is answered as usual. */
  answer: ((line: string) => Promise<FakeAnswer | undefined>) | undefined;

  get last(): FakeSocket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("the client has not connected");
    return last;
  }

  get WebSocket(): SocketConstructor {
    const wire = this;
    return class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        wire.sockets.push(this);
      }
    };
  }

  readonly fetch: FetchLike = async (url, { method, headers, body }) => {
    const { pathname } = new URL(url);
    const line = `${method} ${pathname.replace("/api/v1", "")}`;
    const sent = typeof body === "string" ? JSON.parse(body) : body;
    this.requests.push({ line, headers, body: sent });
    const answer = (await this.answer?.(line)) ?? this.answers.get(line);
    if (!answer) throw new TypeError("fetch failed");
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? "");
    return {
      ok: answer.status < 400,
      status: answer.status,
      headers: new Headers(answer.headers),
      text: async () => (answer.status === 204 ? "" : text),
    };
  };

  refuses(line: string, status: number, code: string, more: object = {}): void {
    this.answers.set(line, {
      status,
      body: { code, title: code, detail: `${code}.`, status, ...more },
    });
  }
}
