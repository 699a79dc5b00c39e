import { type FilesApi, type StoredFile, TaskroomError } from "../../../client";
import { Cell } from "../../state/cell";
import type { Given } from "./given";
import { admitted, type Pending, refusalOf, refusedAtOnce } from "./pending";

type Store = Pick<FilesApi, "upload" | "delete">;

export type Attached = {
  readonly pending: readonly Pending[];
  /** What became of files that are not among `pending`. */
  readonly notice: string | undefined;
  /** Whether the service keeps files, as far as is known. */
  readonly isOn: boolean;
};

/** Services that keep no files, and their words for it: each is asked once. */
const bucketless = new WeakMap<Store, string>();

/** The files of a message that is being written: each is stored as it comes, so that the message only names it. */
export class Attachments extends Cell<Attached> {
  readonly #store: Store;
  readonly #running = new Map<number, AbortController>();
  #next = 0;

  constructor(store: Store) {
    super({ pending: [], notice: undefined, isOn: !bucketless.has(store) });
    this.#store = store;
  }

  add = (given: Given): void => {
    const missing = bucketless.get(this.#store);
    if (missing !== undefined) {
      this.#set({ notice: missing, isOn: false });
      return;
    }
    const { files, notice } = admitted(given, this.#now.pending.length);
    const added = files.map((file): Pending => {
      const refusal = refusedAtOnce(file);
      return { key: this.#next++, file, sent: 0, ...(refusal && { refusal }) };
    });
    this.#set({ pending: [...this.#now.pending, ...added], notice });
    for (const one of added) if (!one.refusal) this.#upload(one);
  };

  remove = (key: number): void => {
    this.#running.get(key)?.abort();
    const { fileId } = this.#find(key) ?? {};
    // One that stays all the same is gone after a day.
    if (fileId !== undefined) this.#store.delete(fileId).catch(() => undefined);
    const pending = this.#now.pending.filter((one) => one.key !== key);
    this.#set({ pending, notice: undefined });
  };

  /** Stores one that was refused. */
  again = (key: number): void => {
    const known = this.#find(key);
    if (!known?.refusal) return;
    const fresh: Pending = { key, file: known.file, sent: 0 };
    this.#set({ pending: this.#now.pending.map((one) => (one === known ? fresh : one)) });
    this.#upload(fresh);
  };

  /** Forgets them: a message has them now. Gives what was there, to be put back. */
  take = (): readonly Pending[] => {
    const { pending } = this.#now;
    this.#set({ pending: [], notice: undefined });
    return pending;
  };

  putBack = (taken: readonly Pending[]): void => {
    this.#set({ pending: [...taken, ...this.#now.pending] });
  };

  /** Nobody writes here any more. */
  close(): void {
    for (const abort of this.#running.values()) abort.abort();
  }

  #upload({ key, file }: Pending): void {
    const abort = new AbortController();
    this.#running.set(key, abort);
    const onProgress = (sent: number) => this.#change(key, { sent });
    this.#store
      .upload(file, { onProgress, signal: abort.signal })
      .then(
        ({ id }: StoredFile) => this.#change(key, { fileId: id }),
        (failure: unknown) => {
          // Who took it away need not be told that it did not arrive.
          if (abort.signal.aborted) return;
          if (!(failure instanceof TaskroomError)) throw failure;
          this.#fail(key, failure);
        },
      )
      .finally(() => this.#running.delete(key));
  }

  #fail(key: number, error: TaskroomError): void {
    if (error.code !== "files_not_configured") {
      this.#change(key, { refusal: refusalOf(error) });
      return;
    }
    bucketless.set(this.#store, error.detail);
    const pending = this.#now.pending.filter((one) => one.key !== key);
    this.#set({ pending, notice: error.detail, isOn: false });
  }

  #find(key: number): Pending | undefined {
    return this.#now.pending.find((one) => one.key === key);
  }

  #change(key: number, part: Partial<Pending>): void {
    const pending = this.#now.pending.map((one) => (one.key === key ? { ...one, ...part } : one));
    this.#set({ pending });
  }

  get #now(): Attached {
    return this.getSnapshot();
  }

  #set(part: Partial<Attached>): void {
    this.set({ ...this.#now, ...part });
  }
}
