import { DurableObject } from "cloudflare:workers";
import { ACK, relay, startOf } from "./relay";

type Env = { ROOM: DurableObjectNamespace; MODEL_URL: string; COALESCED: boolean };

/** The floor: an object that hibernates and only relays. No log, no identity, no rules. */
export class BareRoom extends DurableObject<Env> {
  readonly #sockets = new Set(this.ctx.getWebSockets());

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    this.#sockets.add(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    const start = startOf(String(frame));
    if (!start) {
      ws.send(ACK);
      return;
    }
    const { MODEL_URL, COALESCED } = this.env;
    const work = relay(MODEL_URL, start, COALESCED, (text) => {
      for (const socket of this.#sockets) socket.send(text);
    });
    this.ctx.waitUntil(work);
  }

  override webSocketClose(ws: WebSocket): void {
    this.#sockets.delete(ws);
    ws.close(1000, "closed");
  }
}

export default {
  fetch(request, env) {
    return env.ROOM.getByName(new URL(request.url).pathname).fetch(request);
  },
} satisfies ExportedHandler<Env>;
