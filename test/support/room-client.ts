import { env, exports } from "cloudflare:workers";
import * as z from "zod";
import { type Frame, Frames } from "./frames";
import { type Claims, signToken } from "./tokens";

export const ORIGIN = "http://taskroom.test";

export function tokenOf(claims: Claims): Promise<string> {
  return signToken(env.AUTH_JWT_SECRET, claims);
}

/** A user whom no other test knows: their sessions are limited, their lists hold what is theirs. */
export function newUser(): string {
  return `user-${crypto.randomUUID()}`;
}

/** A REST call as this user. */
export async function call(
  user: string | Claims,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const token = await tokenOf(typeof user === "string" ? { sub: user } : user);
  return exports.default.fetch(`${ORIGIN}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const withId = z.looseObject({ id: z.string() });

export async function newTask(user: string, body: object = {}): Promise<string> {
  const response = await call(user, "POST", "/tasks", body);
  if (response.status !== 201) throw new Error(await response.text());
  return withId.parse(await response.json()).id;
}

export type Join = { after?: number; epoch?: string; resume?: string };

export function upgrade(token: string, taskId: string, join: Join = {}): Promise<Response> {
  const url = new URL(`${ORIGIN}/api/v1/tasks/${taskId}/chat`);
  if (join.after !== undefined) url.searchParams.set("after", String(join.after));
  if (join.epoch !== undefined) url.searchParams.set("epoch", join.epoch);
  const protocols = ["taskroom.v1", `taskroom.bearer.${token}`];
  if (join.resume !== undefined) protocols.push(`taskroom.resume.${join.resume}`);
  return exports.default.fetch(url.toString(), {
    headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": protocols.join(", ") },
  });
}

/** A client in a task's room. */
export class RoomClient {
  readonly frames: Frames;
  readonly #ws: WebSocket;
  #sent = 0;
  #pongs = 0;

  private constructor(ws: WebSocket, frames: Frames) {
    this.#ws = ws;
    this.frames = frames;
    ws.addEventListener("message", ({ data }) => {
      if (data === "pong") this.#pongs++;
      else frames.take(String(data));
    });
    ws.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
    ws.accept();
  }

  static async join(user: string | Claims, taskId: string, join: Join = {}, frames = new Frames()) {
    const token = await tokenOf(typeof user === "string" ? { sub: user } : user);
    return RoomClient.with(token, taskId, join, frames);
  }

  /** With any credential. */
  static async with(token: string, taskId: string, join: Join = {}, frames = new Frames()) {
    const response = await upgrade(token, taskId, join);
    if (!response.webSocket) throw new Error(`refused: ${await response.text()}`);
    const client = new RoomClient(response.webSocket, frames);
    const from = frames.all.length;
    const ready = await frames.next((frame) => frame.type === "session:ready", from);
    return Object.assign(client, { ready: z.looseObject({}).parse(ready.data) });
  }

  send(frame: object | string): void {
    this.#ws.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#ws.send(bytes);
  }

  async whenPong(): Promise<void> {
    while (this.#pongs === 0) await scheduler.wait(1);
  }

  /** Sends a command and waits for its one reply. */
  ask(type: string, data: object = {}): Promise<Frame> {
    const id = `ref-${++this.#sent}`;
    this.send({ type, id, data });
    return this.frames.next((frame) => frame.ref === id);
  }

  close(): void {
    this.#ws.close(1000, "bye");
  }
}
