import type { NewFile } from "../protocol/rooms/files";
import type { FileBucket } from "./bucket";
import { HEAD_BYTES } from "./first-bytes";

/** A body that has not as many bytes as were announced; whoever sends it may have gone. */
export class WrongLength extends Error {}

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes of one read: a call for each packet would cost more than its bytes do. */
const READ_BYTES = 64 * 1024;

/**
 * A request's body, read piece by piece: what is not asked for is not read, so that memory holds a few
 * pieces of it, however long it is.
 */
export class Body {
  readonly #reader: ReadableStreamBYOBReader | undefined;
  #ahead: Bytes[] = [];

  constructor(stream: ReadableStream<Uint8Array> | null) {
    this.#reader = stream?.getReader({ mode: "byob" });
  }

  /** Its first `HEAD_BYTES` bytes, or all where it has fewer; they are still to be read. */
  async head(): Promise<Bytes> {
    let length = 0;
    while (length < HEAD_BYTES) {
      const piece = await this.#read(HEAD_BYTES - length);
      if (!piece) break;
      this.#ahead.push(piece);
      length += piece.byteLength;
    }
    const joined = await new Blob(this.#ahead).arrayBuffer();
    return new Uint8Array(joined.slice(0, HEAD_BYTES));
  }

  /** Throws `WrongLength` where it breaks off. */
  async next(): Promise<Bytes | undefined> {
    return this.#ahead.shift() ?? (await this.#read(READ_BYTES));
  }

  /** Nobody reads on. */
  async cancel(): Promise<void> {
    await this.#reader?.cancel().catch(() => undefined);
  }

  /** Fewer than `least` bytes are the last ones. */
  async #read(least: number): Promise<Bytes | undefined> {
    try {
      const view = new Uint8Array(READ_BYTES);
      const { value } = (await this.#reader?.readAtLeast(least, view)) ?? {};
      return value && value.byteLength > 0 ? value : undefined;
    } catch (error) {
      throw new WrongLength("the body broke off", { cause: error });
    }
  }
}

/**
 * Streams a body into the bucket and gives the SHA-256 of its bytes, in lower-case hexadecimal. Rejects
 * with `WrongLength`, or as the bucket does; the bucket has nothing of it then.
 */
export async function store(
  bucket: FileBucket,
  { file, owner }: { file: NewFile; owner: string },
  body: Body,
): Promise<string> {
  const { readable, writable } = new FixedLengthStream(file.size);
  const digest = new crypto.DigestStream("SHA-256");
  const sinks = [writable.getWriter(), digest.getWriter()];
  const stored = bucket.put(file, owner, readable);
  try {
    await Promise.race([pump(body, file.size, sinks), failureOf(stored)]);
    await stored;
    return hex(await digest.digest);
  } catch (error) {
    await Promise.allSettled([body.cancel(), ...sinks.map((sink) => sink.abort(error))]);
    // Neither is anybody's to hear of any more.
    stored.catch(() => undefined);
    digest.digest.catch(() => undefined);
    throw error;
  }
}

async function pump(
  body: Body,
  size: number,
  sinks: WritableStreamDefaultWriter<Uint8Array>[],
): Promise<void> {
  let length = 0;
  for (let piece = await body.next(); piece; piece = await body.next()) {
    length += piece.byteLength;
    if (length > size) throw new WrongLength("the body is longer than announced");
    const own = piece;
    await Promise.all(sinks.map((sink) => sink.write(own)));
  }
  if (length < size) throw new WrongLength("the body is shorter than announced");
  await Promise.all(sinks.map((sink) => sink.close()));
}

/** Rejects where the work does, and says nothing else. */
function failureOf(work: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => work.catch(reject));
}

/** In lower-case hexadecimal. */
export function hex(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
