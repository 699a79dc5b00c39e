import { refusalIn } from "../../durable-objects/sockets/arrival";
import { KEY_GUARD_HEADER } from "../../durable-objects/user-room/api";
import type { AppContext } from "../context";
import { RefusedRequest } from "../problem";
import { once, ownHome } from "./ask";

/**
 * A socket to the user's room that closes when the caller's API key is revoked; none for a caller
 * without a key. Throws what the home refused.
 */
export async function openGuard(c: AppContext): Promise<WebSocket | undefined> {
  const { keyId } = c.var.principal;
  if (keyId === undefined) return undefined;
  const headers = { Upgrade: "websocket", [KEY_GUARD_HEADER]: keyId };
  const request = new Request("https://room/guard", { headers });
  const answer = await once(() => ownHome(c).fetch(request));
  if (answer.webSocket) return answer.webSocket;
  const refusal = await refusalIn(answer);
  // A home that still runs the last release takes it for somebody who comes without a name: it has no
  // guards, and closes the feeds of a revoked key in the rooms.
  if (refusal.code === "invalid_request") return undefined;
  throw new RefusedRequest(refusal);
}
