/** The subprotocol of contract section 4. */
const SUBPROTOCOL = "taskroom.v1";
const BEARER_PREFIX = "taskroom.bearer.";
const RESUME_PREFIX = "taskroom.resume.";

function offers(request: Request): string[] {
  const list = request.headers.get("Sec-WebSocket-Protocol") ?? "";
  return list.split(",").map((item) => item.trim());
}

function withPrefix(request: Request, prefix: string): string[] {
  return offers(request).flatMap((item) =>
    item.startsWith(prefix) ? [item.slice(prefix.length)] : [],
  );
}

/** Tokens in the subprotocol list: where a browser can put its credential. */
export function bearersOf(request: Request): string[] {
  return withPrefix(request, BEARER_PREFIX);
}

/** Recovery tokens in the subprotocol list. */
export function resumesOf(request: Request): string[] {
  return withPrefix(request, RESUME_PREFIX);
}

/** The answer that hands a room's socket to the caller, with the subprotocol that was agreed on. */
export function switched(request: Request, webSocket: WebSocket): Response {
  const headers = new Headers();
  if (offers(request).includes(SUBPROTOCOL)) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Response(null, { status: 101, webSocket, headers });
}
