import { CLOSE } from "../../../protocol/close-codes";
import { refuse } from "../../../protocol/errors";
import { LIMITS } from "../../../protocol/limits";
import { refusalResponse } from "../../sockets/arrival";
import { Tables } from "../tables";
import { isRevoked, REVOKED } from "./revoked";

const TOO_MANY = refuse("session_limit", "Too many event streams of this API key are open.");
const tagOf = (keyId: string) => `guard:${keyId}`;

/**
 * Sockets that the worker holds beside each event stream of an API key, so that the stream ends when
 * the key is revoked, without asking anybody in between. Found by their tags, they outlive hibernation.
 */
export class KeyGuards {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  /** Whether a socket is one of these, and no device's. */
  isGuard(ws: WebSocket): boolean {
    return this.#ctx.getTags(ws).length > 0;
  }

  /** No await between the question and the answer: a revocation comes before or after. */
  open(keyId: string): Response {
    if (isRevoked(Tables.find(this.#ctx.storage), keyId)) return refusalResponse(REVOKED);
    const tag = tagOf(keyId);
    if (this.#ctx.getWebSockets(tag).length >= LIMITS.streamsPerKey) {
      return refusalResponse(TOO_MANY);
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server, [tag]);
    return new Response(null, { status: 101, webSocket: client });
  }

  close(keyId: string): void {
    for (const ws of this.#ctx.getWebSockets(tagOf(keyId))) {
      if (ws.readyState === WebSocket.OPEN) ws.close(CLOSE.unauthorized, "API key revoked");
    }
  }
}
