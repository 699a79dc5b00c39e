const CLOSE = 0x8;
const HANDSHAKE_END = "\r\n\r\n";

/**
 * Looks for the close frame in what a WebSocket's server sends (RFC 6455, section 5.2), however the
 * network cuts it: on a busy machine it comes in one piece with the frame before.
 */
export class CloseWatch {
  #rest: Buffer = Buffer.alloc(0);
  #hasShakenHands = false;
  /** Bytes of the frame's payload that are still to come. */
  #left = 0;

  /** Whether a close frame begins by the end of these bytes. */
  sees(bytes: Buffer): boolean {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (!this.#shakesHands()) return false;
    for (;;) {
      const passed = Math.min(this.#left, this.#rest.length);
      this.#rest = this.#rest.subarray(passed);
      this.#left -= passed;
      const header = this.#left === 0 ? headerOf(this.#rest) : undefined;
      if (!header) return false;
      if (header.opcode === CLOSE) return true;
      this.#rest = this.#rest.subarray(header.bytes);
      this.#left = header.payloadBytes;
    }
  }

  /** Whether frames are all that comes from here on. */
  #shakesHands(): boolean {
    if (this.#hasShakenHands) return true;
    const end = this.#rest.indexOf(HANDSHAKE_END);
    if (end === -1) return false;
    this.#hasShakenHands = this.#rest.toString("latin1", 0, end).startsWith("HTTP/1.1 101 ");
    this.#rest = this.#rest.subarray(end + HANDSHAKE_END.length);
    return this.#hasShakenHands;
  }
}

function headerOf(bytes: Buffer) {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return undefined;
  const short = second & 0x7f;
  const size = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (bytes.length < size) return undefined;
  const payloadBytes =
    size === 4 ? bytes.readUInt16BE(2) : size === 10 ? Number(bytes.readBigUInt64BE(2)) : short;
  return { opcode: first & 0x0f, bytes: size, payloadBytes };
}
