import { exports } from "cloudflare:workers";
import * as z from "zod";
import type { Frame } from "./frames";
import { ORIGIN, tokenOf } from "./room-client";
import type { Claims } from "./tokens";
import { UserFrames } from "./user-frames";

const ready = z.strictObject({
  headSeq: z.number(),
  epoch: z.string(),
  unread: z.number(),
  state: z
    .strictObject({
      unread: z.number(),
      notifications: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
    })
    .optional(),
});

export type Place = { after?: number; epoch?: string };

export async function userUpgrade(user: string | Claims, place: Place = {}): Promise<Response> {
  const url = new URL(`${ORIGIN}/api/v1/user/notifications`);
  for (const [name, value] of Object.entries(place)) url.searchParams.set(name, String(value));
  const token = await tokenOf(typeof user === "string" ? { sub: user } : user);
  const protocols = `taskroom.v1, taskroom.bearer.${token}`;
  return exports.default.fetch(url.toString(), {
    headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": protocols },
  });
}

/** One of a user's devices. */
export class UserClient {
  readonly frames = new UserFrames();
  readonly ready: z.infer<typeof ready>;
  readonly #ws: WebSocket;

  private constructor(ws: WebSocket, frames: UserFrames, first: Frame) {
    this.#ws = ws;
    this.frames = frames;
    this.ready = ready.parse(first.data);
  }

  static async open(user: string | Claims, place: Place = {}): Promise<UserClient> {
    const { webSocket, status } = await userUpgrade(user, place);
    if (!webSocket) throw new Error(`refused: ${status}`);
    const frames = new UserFrames();
    webSocket.addEventListener("message", ({ data }) => {
      if (data === "pong") frames.take(JSON.stringify({ type: "pong" }));
      else frames.take(String(data));
    });
    webSocket.addEventListener("close", ({ code, reason }) => frames.close({ code, reason }));
    webSocket.accept();
    const first = await frames.next(({ type }) => type === "session:ready");
    return new UserClient(webSocket, frames, first);
  }

  send(frame: string): void {
    this.#ws.send(frame);
  }

  close(): void {
    this.#ws.close(1000, "bye");
  }
}
