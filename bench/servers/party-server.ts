import { type Connection, routePartykitRequest, Server } from "partyserver";
import { ACK, relay, startOf } from "./relay";

type Env = Cloudflare.Env & { Room: DurableObjectNamespace<Room>; MODEL_URL: string };

/** A relay as partyserver's documentation has it: hibernating, `broadcast` to everyone. */
export class Room extends Server<Env> {
  static override options = { hibernate: true };

  override onMessage(connection: Connection, frame: string | ArrayBuffer): void {
    const start = startOf(String(frame));
    if (!start) {
      connection.send(ACK);
      return;
    }
    const work = relay(this.env.MODEL_URL, start, false, (text) => this.broadcast(text));
    this.ctx.waitUntil(work);
  }
}

export default {
  async fetch(request, env) {
    return (await routePartykitRequest(request, env)) ?? new Response(null, { status: 404 });
  },
} satisfies ExportedHandler<Env>;
