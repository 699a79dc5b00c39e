const NORMAL = 1000;

/**
 * The code with which a client's close is answered. Only these may be sent (RFC 6455, section 7.4);
 * what else a client says, or leaves out, is answered as a normal end.
 */
export function echoOf(code: number): number {
  return code >= 3000 && code <= 4999 ? code : NORMAL;
}

/** Ends the server's half of a socket whose client has ended its own. Never throws. */
export function endSocket(ws: WebSocket, code: number): void {
  try {
    ws.close(echoOf(code), "closed");
  } catch {
    // It is gone already, or cannot be told: nothing is left to do.
  }
}
