import { describe, expect, it } from "vitest";
import { CloseWatch } from "../../support/close-watch";

const HANDSHAKE = Buffer.from("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
const CLOSE = Buffer.from([0x88, 2, 0x11, 0x3a]);

function frame(payload: Buffer): Buffer {
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.from([0xc1, length]), payload]);
  const long = length > 0xffff;
  const header = Buffer.alloc(long ? 10 : 4);
  header.set([0xc1, long ? 127 : 126]);
  if (long) header.writeBigUInt64BE(BigInt(length), 2);
  else header.writeUInt16BE(length, 2);
  return Buffer.concat([header, payload]);
}

/** Which of the chunks is the first by whose end a close frame has begun; -1 where none does. */
function foundIn(chunks: Buffer[]): number {
  const watch = new CloseWatch();
  return chunks.findIndex((chunk) => watch.sees(chunk));
}

describe("a close frame", () => {
  const alike = Buffer.alloc(300, 0x88);

  it.each([1, 125, 126, 300, 0x10000])("is not found within a payload of %i bytes", (bytes) => {
    const text = frame(Buffer.alloc(bytes, 0x88));
    expect(foundIn([HANDSHAKE, text.subarray(0, 2), text.subarray(2), CLOSE])).toBe(3);
  });

  it("is found wherever the stream is cut", () => {
    const all = Buffer.concat([HANDSHAKE, frame(alike), CLOSE]);
    const from = all.length - CLOSE.length;
    for (let at = 1; at < all.length; at++) {
      const found = foundIn([all.subarray(0, at), all.subarray(at)]);
      // Two bytes of it are needed.
      expect([at, found]).toEqual([at, at < from + 2 ? 1 : 0]);
    }
  });

  it("is in no answer of plain HTTP", () => {
    const answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    expect(foundIn([answer, CLOSE, answer, CLOSE])).toBe(-1);
  });
});
