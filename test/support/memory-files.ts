import { type Refusal, refuse } from "../../src/protocol/errors";
import type { Attachment } from "../../src/protocol/files/attachment";
import { newId } from "../../src/protocol/ids";
import type { MadeFile, StepFiles } from "../../src/resources/step-files";

/** A bucket in memory, with a test's hand on its door. */
export class MemoryFiles implements StepFiles {
  readonly #bytes = new Map<string, Uint8Array<ArrayBuffer>>();
  /** What was kept, by key. */
  readonly kept = new Map<string, Attachment>();
  /** Ids of files that were read, in order. */
  readonly reads: string[] = [];
  /** How often something was to be kept. */
  keeps = 0;
  isDown = false;
  refusal: Refusal | undefined;
  /** Waited for before something is kept. */
  before: Promise<unknown> | undefined;

  /** A file that somebody has sent. */
  put(name: string, mediaType: string, bytes: Uint8Array<ArrayBuffer> | string): Attachment {
    const stored = typeof bytes === "string" ? new Uint8Array(Buffer.from(bytes)) : bytes;
    const fileId = newId("file", Date.now());
    this.#bytes.set(fileId, stored);
    return { fileId, name, mediaType, size: stored.length };
  }

  remove({ fileId }: Attachment): void {
    this.#bytes.delete(fileId);
  }

  bytesOf({ fileId }: Attachment): Uint8Array<ArrayBuffer> | undefined {
    return this.#bytes.get(fileId);
  }

  /** Of everything that was kept, in order. */
  get names(): string[] {
    return [...this.kept.values()].map(({ name }) => name);
  }

  async read({ fileId }: Attachment): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.reads.push(fileId);
    if (this.isDown) throw new Error("the bucket is down");
    return this.#bytes.get(fileId);
  }

  async keep({ key, name, mediaType, bytes }: MadeFile): Promise<Attachment | Refusal> {
    this.keeps++;
    await this.before;
    if (this.isDown) throw new Error("the bucket is down");
    if (this.refusal) return this.refusal;
    const known = this.kept.get(key);
    if (known) return known;
    const attachment = this.put(name, mediaType, bytes);
    this.kept.set(key, attachment);
    return attachment;
  }
}

export const QUOTA_USED_UP = refuse("quota_exceeded", "The quota for files is used up.");
