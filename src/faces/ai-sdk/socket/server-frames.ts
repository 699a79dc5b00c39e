import type { UiChunk } from "../chunk";

/** What the server says to `WebSocketChatTransport`. */
export class ServerFrames {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  start(requestId: string): void {
    this.#send({ type: "start", requestId });
  }

  /** `sequence` counts a request's chunks from 0; the client takes a gap for the end of all. */
  chunk(requestId: string, sequence: number, chunk: UiChunk): void {
    this.#send({ type: "chunk", requestId, sequence, chunk });
  }

  end(requestId: string): void {
    this.#send({ type: "end", requestId });
  }

  error(requestId: string, errorText: string): void {
    this.#send({ type: "error", requestId, errorText });
  }

  noActive(requestId: string): void {
    this.#send({ type: "no-active", requestId });
  }

  /** Of no request: the client passes it over. */
  alive(): void {
    this.start("");
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #send(frame: object): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
