import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

export type Seat = { port: number; path: string; headers?: Record<string, string> };
type Listener = { frame(payload: Buffer, at: number): void; closed(why: string): void };

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/**
 * A WebSocket client (RFC 6455) that does next to nothing per frame, so that a thousand of them
 * measure the server and not themselves. No extensions are offered.
 */
export class WireSocket {
  readonly #socket: Socket;
  readonly #listener: Listener;
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];

  private constructor(socket: Socket, listener: Listener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  /** Resolves when the server has switched protocols; rejects with its refusal. */
  static open({ port, path, headers = {} }: Seat, listener: Listener): Promise<WireSocket> {
    const { promise, resolve, reject } = Promise.withResolvers<WireSocket>();
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const lines = Object.entries({ ...handshakeHeaders(port), ...headers });
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join("")}\r\n`);
    let head = Buffer.alloc(0);
    const shakeHands = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      socket.off("data", shakeHands);
      if (!head.toString("latin1", 0, 12).endsWith("101")) {
        reject(new Error(`refused: ${head.toString("utf8", 0, 600)}`));
        socket.destroy();
        return;
      }
      const wire = new WireSocket(socket, listener);
      socket.on("data", (more: Buffer) => wire.#take(more));
      resolve(wire);
      if (head.length > end + 4) wire.#take(head.subarray(end + 4));
    };
    socket.on("data", shakeHands);
    socket.on("error", (error) => reject(error));
    socket.on("close", () => listener.closed("the connection ended"));
    return promise;
  }

  send(text: string): void {
    this.#write(TEXT, Buffer.from(text));
  }

  /** Drops the connection without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  close(): void {
    if (this.#socket.writable) this.#write(CLOSE, Buffer.of(0x03, 0xe8));
    this.#socket.end();
  }

  #take(bytes: Buffer): void {
    const at = performance.now();
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const frame = readFrame(data);
      if (!frame) break;
      data = data.subarray(frame.length);
      this.#hear(frame, at);
    }
    this.#rest = data;
  }

  #hear({ opcode, final, payload }: Frame, at: number): void {
    if (opcode === PING) this.#write(PONG, payload);
    else if (opcode === CLOSE) this.#listener.closed(closeText(payload));
    else if (final && this.#parts.length === 0) this.#listener.frame(payload, at);
    else if (opcode !== PONG) this.#gather(payload, final, at);
  }

  #gather(payload: Buffer, final: boolean, at: number): void {
    this.#parts.push(payload);
    if (!final) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#listener.frame(whole, at);
  }

  #write(opcode: number, payload: Buffer): void {
    if (this.#socket.destroyed) return;
    const mask = randomBytes(4);
    const masked = Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0)));
    this.#socket.write(Buffer.concat([headerOf(opcode, payload.length), mask, masked]));
  }
}

type Frame = { opcode: number; final: boolean; payload: Buffer; length: number };

/** The first whole frame of what has come; servers don't mask theirs. */
function readFrame(data: Buffer): Frame | undefined {
  if (data.length < 2) return undefined;
  const first = data.readUInt8(0);
  const short = data.readUInt8(1) & 0x7f;
  const head = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (data.length < head) return undefined;
  const size =
    short === 127 ? Number(data.readBigUInt64BE(2)) : short === 126 ? data.readUInt16BE(2) : short;
  const length = head + size;
  if (data.length < length) return undefined;
  const payload = data.subarray(head, length);
  return { opcode: first & 0x0f, final: first >= 0x80, payload, length };
}

function headerOf(opcode: number, size: number): Buffer {
  if (size < 126) return Buffer.of(0x80 | opcode, 0x80 | size);
  const header = Buffer.alloc(size < 65_536 ? 4 : 10);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (size < 65_536 ? 126 : 127);
  if (size < 65_536) header.writeUInt16BE(size, 2);
  else header.writeBigUInt64BE(BigInt(size), 2);
  return header;
}

function closeText(payload: Buffer): string {
  const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
  return `closed with ${code} ${payload.toString("utf8", 2)}`;
}

function handshakeHeaders(port: number): Record<string, string> {
  return {
    Host: `127.0.0.1:${port}`,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
  };
}
