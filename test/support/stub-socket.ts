/** As much of a server's socket as a room uses. */
export class StubSocket {
  readyState: number = WebSocket.OPEN;
  readonly sent: string[] = [];
  readonly serialized: unknown[] = [];
  closedWith: number | undefined;
  /** Bytes; a test may set it where nothing was sent. */
  unsent = 0;
  #attachment: unknown;
  /** Bytes of the frames that are not wholly taken yet, and how much of the first is. */
  readonly #waiting: number[] = [];
  #taken = 0;

  constructor(attachment?: unknown) {
    this.#attachment = attachment;
  }

  get bufferedAmount(): number {
    return this.unsent + this.#waiting.reduce((sum, bytes) => sum + bytes, 0);
  }

  deserializeAttachment(): unknown {
    return this.#attachment;
  }

  serializeAttachment(attachment: unknown): void {
    this.serialized.push(attachment);
    this.#attachment = attachment;
  }

  send(frame: string): void {
    this.sent.push(frame);
    this.#waiting.push(Buffer.byteLength(frame));
  }

  /** Its client takes so many bytes; a frame counts as unsent until all of it is taken. */
  take(bytes: number): void {
    this.#taken += bytes;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first > this.#taken) return;
      this.#taken -= first;
      this.#waiting.shift();
    }
    this.#taken = 0;
  }

  close(code: number): void {
    if (code < 1000 || code > 4999 || [1004, 1005, 1006, 1015].includes(code)) {
      throw new TypeError(`Invalid WebSocket close code: ${code}.`);
    }
    this.closedWith ??= code;
    this.readyState = WebSocket.CLOSING;
  }

  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }
}
