/** Whether a request asks for a WebSocket (RFC 6455, section 4.2.1). */
export function isUpgrade(request: Request): boolean {
  return request.headers.get("Upgrade")?.toLowerCase() === "websocket";
}
