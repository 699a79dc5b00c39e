import * as z from "zod";
import { type Frame, Frames } from "./frames";
import type { Server } from "./server";
import { UserFrames } from "./user-frames";

const withId = z.looseObject({ id: z.string() });
const ready = z.looseObject({
  headSeq: z.number(),
  epoch: z.string(),
  recoveryToken: z.string(),
  resumed: z.boolean(),
});

export type Join = { after?: number; epoch?: string; resume?: string };

/** A user of a server in another process: REST by fetch, the room by a real WebSocket. */
export class WireUser {
  readonly name: string;
  readonly #server: Server;
  readonly #token: string;

  private constructor(server: Server, name: string, token: string) {
    this.name = name;
    this.#server = server;
    this.#token = token;
  }

  static async of(server: Server, name: string): Promise<WireUser> {
    return new WireUser(server, name, await server.token(name));
  }

  call(method: string, path: string, body?: object, headers = {}): Promise<Response> {
    const own = { authorization: `Bearer ${this.#token}`, "content-type": "application/json" };
    return fetch(`${this.#server.url}/api/v1${path}`, {
      method,
      headers: { ...own, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** Stores a file; with the answer whatever it is. */
  upload(text: string, name = "a.txt"): Promise<Response> {
    const own = { authorization: `Bearer ${this.#token}`, "content-type": "text/plain" };
    const url = `${this.#server.url}/api/v1/files?name=${encodeURIComponent(name)}`;
    return fetch(url, { method: "POST", headers: own, body: text });
  }

  /** The answer's body; throws where the call did not succeed. */
  async ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> {
    const response = await this.call(method, path, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return schema.parse(await response.json());
  }

  async newTask(body: object = {}): Promise<string> {
    return (await this.ask(withId, "POST", "/tasks", body)).id;
  }

  join(taskId: string, join: Join = {}, frames = new Frames()): Promise<WireClient> {
    const url = new URL(`${this.#server.wsUrl}/api/v1/tasks/${taskId}/chat`);
    if (join.after !== undefined) url.searchParams.set("after", String(join.after));
    if (join.epoch !== undefined) url.searchParams.set("epoch", join.epoch);
    const protocols = ["taskroom.v1", `taskroom.bearer.${this.#token}`];
    if (join.resume !== undefined) protocols.push(`taskroom.resume.${join.resume}`);
    return WireClient.open(new WebSocket(url.toString(), protocols), frames);
  }

  /** The user's own room. */
  async watch(): Promise<{ frames: UserFrames; close(): void }> {
    const protocols = ["taskroom.v1", `taskroom.bearer.${this.#token}`];
    const ws = new WebSocket(`${this.#server.wsUrl}/api/v1/user/notifications`, protocols);
    const frames = new UserFrames();
    ws.addEventListener("message", ({ data }) => frames.take(String(data)));
    ws.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
    await frames.next(({ type }) => type === "session:ready");
    return { frames, close: () => ws.close(1000, "bye") };
  }
}

export class WireClient {
  readonly frames: Frames;
  readonly ready: z.infer<typeof ready>;
  readonly #ws: WebSocket;
  #sent = 0;

  private constructor(ws: WebSocket, frames: Frames, first: z.infer<typeof ready>) {
    this.#ws = ws;
    this.frames = frames;
    this.ready = first;
  }

  static async open(ws: WebSocket, frames: Frames): Promise<WireClient> {
    const from = frames.all.length;
    frames.closed = undefined;
    ws.addEventListener("message", ({ data }) => frames.take(String(data)));
    ws.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
    // A refused upgrade is followed by `close`.
    ws.addEventListener("error", () => undefined);
    const first = await frames.next(({ type }) => type === "session:ready", from);
    return new WireClient(ws, frames, ready.parse(first.data));
  }

  send(frame: object): void {
    this.#ws.send(JSON.stringify(frame));
  }

  ask(type: string, data: object = {}): Promise<Frame> {
    const id = `ref-${++this.#sent}`;
    const from = this.frames.all.length;
    this.send({ type, id, data });
    return this.frames.next((frame) => frame.ref === id, from);
  }

  /** Drops the connection without a word, as far as a WebSocket can. */
  close(): Promise<unknown> {
    this.#ws.close(1000, "bye");
    return this.frames.whenClosed();
  }
}
