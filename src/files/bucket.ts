import * as z from "zod";
import { fileId } from "../protocol/ids";
import type { NewFile } from "../protocol/rooms/files";
import type { ByteRange } from "./ranges";

/** What an object says of itself; escaped, because metadata travels in headers. */
const described = z.object({ owner: z.string(), name: z.string(), mediaType: z.string() });

/** A file as the bucket has it. */
export type StoredFile = NewFile & {
  /** Whose it is: in that user's home is its row. */
  owner: string;
  /** Quoted, as in an `ETag`. */
  etag: string;
};

/** An object as a sweep meets it: one without an owner is nobody's. */
export type MetObject = { id: string; owner?: string };

/** Keys that one call may name. */
const KEYS_PER_CALL = 1000;

/** The bytes of files. Everything here rejects where the bucket can't be reached. */
export class FileBucket {
  readonly #bucket: R2Bucket;

  constructor(bucket: R2Bucket) {
    this.#bucket = bucket;
  }

  /** All of it or nothing: an object is there once its last byte is. */
  async put(
    { id, name, mediaType }: NewFile,
    owner: string,
    bytes: ReadableStream | Uint8Array<ArrayBuffer>,
  ): Promise<void> {
    const customMetadata = {
      owner: encodeURIComponent(owner),
      name: encodeURIComponent(name),
      mediaType,
    };
    await this.#bucket.put(id, bytes, { customMetadata });
  }

  async head(id: string): Promise<StoredFile | undefined> {
    const object = await this.#bucket.head(id);
    const said = object && saidBy(object);
    if (!object || !said) return undefined;
    return { id, size: object.size, etag: object.httpEtag, ...said };
  }

  /** The bytes of this version of a file; nothing where it is gone. */
  async read({ id }: StoredFile, range?: ByteRange): Promise<ReadableStream | undefined> {
    const object = await this.#bucket.get(id, range && { range });
    return object?.body;
  }

  async bytes(id: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const object = await this.#bucket.get(id);
    return object ? new Uint8Array(await object.arrayBuffer()) : undefined;
  }

  /** Those that are not there are passed over. */
  async remove(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += KEYS_PER_CALL) {
      await this.#bucket.delete(ids.slice(from, from + KEYS_PER_CALL));
    }
  }

  /**
   * Objects whose keys come after one; `after` is the last of them where there are more. What has no
   * file's name is not ours and passed over.
   */
  async list(limit: number, startAfter?: string): Promise<{ met: MetObject[]; after?: string }> {
    const { objects, truncated } = await this.#bucket.list({
      limit,
      include: ["customMetadata"],
      ...(startAfter !== undefined && { startAfter }),
    });
    const met = objects.flatMap((object): MetObject[] => {
      if (!fileId.safeParse(object.key).success) return [];
      const owner = saidBy(object)?.owner;
      return [{ id: object.key, ...(owner !== undefined && { owner }) }];
    });
    const last = truncated ? objects.at(-1) : undefined;
    return { met, ...(last && { after: last.key }) };
  }
}

function saidBy({ customMetadata }: R2Object): z.infer<typeof described> | undefined {
  const read = described.safeParse(customMetadata);
  if (!read.success) return undefined;
  const { owner, name, mediaType } = read.data;
  try {
    return { owner: decodeURIComponent(owner), name: decodeURIComponent(name), mediaType };
  } catch {
    return undefined;
  }
}
