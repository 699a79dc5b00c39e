import { CLOSE } from "../../../protocol/close-codes";
import type { AppContext } from "../../../worker/context";
import { switched } from "../../../worker/handshake";
import { openGuard } from "../../../worker/rooms/guard";
import { Connection } from "./connection";
import { ServerFrames } from "./server-frames";

/** Milliseconds between frames that show a silent socket to be alive; the client passes them over. */
const ALIVE_MS = 15_000;
/** The longest that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/** The socket of one client, held by the worker: rooms sleep while it waits. */
export async function openSocket(c: AppContext): Promise<Response> {
  const guard = await openGuard(c);
  const { 0: client, 1: socket } = new WebSocketPair();
  socket.accept();
  const frames = new ServerFrames(socket);
  const connection = new Connection(c, frames);
  const alive = setInterval(() => frames.alive(), ALIVE_MS);
  const expiry = setTimeout(revoke, expiresInMs(c));

  function revoke(): void {
    socket.close(CLOSE.unauthorized, "the credential has expired or was revoked");
    end();
  }
  function end(): void {
    clearInterval(alive);
    clearTimeout(expiry);
    connection.leave();
    guard?.close(1000, "socket over");
  }
  guard?.addEventListener("close", revoke);
  guard?.addEventListener("error", revoke);
  guard?.accept();
  socket.addEventListener("message", ({ data }) => connection.hear(data));
  socket.addEventListener("close", () => {
    socket.close();
    end();
  });
  socket.addEventListener("error", end);
  return switched(c.req.raw, client);
}

function expiresInMs(c: AppContext): number {
  const { expiresAt } = c.var.principal;
  return expiresAt === null ? MOST_MS : Math.min(Math.max(expiresAt - Date.now(), 0), MOST_MS);
}
