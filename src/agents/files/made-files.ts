import { base64Size, bytesOfBase64 } from "../../platform/base64";
import { inTime } from "../../platform/in-time";
import { describeError, logError } from "../../platform/platform-log";
import type { Refusal } from "../../protocol/errors";
import type { Attachment } from "../../protocol/files/attachment";
import { LIMITS } from "../../protocol/limits";
import type { KeptFile } from "../../protocol/rooms/turn-run";
import type { StepRecord, StepRequest } from "../../resources/step";
import type { MadeFile, StepFiles } from "../../resources/step-files";
import type { Voice } from "../voice";
import { type Fetched, fetchFile, type OwnOrigin } from "./fetch-file";
import { safeFileName, safeMediaType } from "./file-words";
import { trueType } from "./first-bytes";

/** A file of a model, a tool or an agent, as it came. */
export type OfferedFile = {
  name: string;
  mediaType: string;
  data: { base64: string } | { bytes: Uint8Array<ArrayBuffer> } | { url: string };
};

export type FileRecord = Extract<StepRecord, { type: "file" }>;
/** What became of an offered file: a record that is still to be committed, or why it is left out. */
export type MadeOutcome = { record: FileRecord } | { name: string; why: string };

/** Where in a step's work files come from; several of one place are told apart by their bytes. */
export type MadeAt = Pick<KeptFile, "call"> & { place: string };

type Parts = {
  request: StepRequest;
  voice: Voice;
  signal: AbortSignal;
  files: StepFiles;
  allowPrivate: boolean;
  /** Where files are that ask for the agent's own headers. */
  own?: OwnOrigin;
};

const KEEP_MS = 60_000;
/** Milliseconds before a file that could not be stored is tried once more. */
const KEPT_AGAIN_MS = [250, 1000];
/** Lines in the task's log about files of one attempt. */
const MOST_LINES = 20;

class LeftOut extends Error {}

/**
 * The files that a step's answer will carry. Each is stored first, under a key of its place and its bytes,
 * then committed: what dies between the two is stored under the same key again. What cannot be kept is left
 * out, and the task's log says why; it never ends a turn.
 */
export class MadeFiles {
  readonly #parts: Parts;
  readonly #kept: KeptFile[];
  /** Files that are kept, or on their way. */
  #taken: number;
  #lines = 0;
  #tail: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#kept = [...parts.request.files];
    this.#taken = this.#kept.length;
  }

  /** In the order in which they were made, those of earlier attempts among them. */
  get kept(): readonly KeptFile[] {
    return this.#kept;
  }

  /** Stores what may be kept. Whoever asks commits the records. */
  async offer(offered: readonly OfferedFile[], at: MadeAt): Promise<MadeOutcome[]> {
    const room = Math.max(0, LIMITS.madeFiles - this.#taken);
    this.#taken += Math.min(room, offered.length);
    const outcomes: MadeOutcome[] = [];
    for (const [index, file] of offered.entries()) {
      // One after the other, whoever asks: their bytes are in memory meanwhile.
      const made = this.#tail.then(() => this.#keepIf(index < room, file, at));
      this.#tail = made;
      const outcome = await made;
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  /** Stores a file under a key of its maker's own; a refusal is the maker's to bear. */
  async keepAs(
    key: string,
    made: Omit<MadeFile, "key">,
  ): Promise<FileRecord | Refusal | undefined> {
    if (this.#taken >= LIMITS.madeFiles) return undefined;
    this.#taken++;
    const attachment = await this.#store({ ...made, key: this.#keyFor(key) });
    if ("code" in attachment) {
      this.#taken--;
      return attachment;
    }
    return this.#noted({ key, attachment, stays: "run" });
  }

  async #keepIf(hasRoom: boolean, file: OfferedFile, at: MadeAt): Promise<MadeOutcome | undefined> {
    const mediaType = safeMediaType(file.mediaType);
    const name = safeFileName(file.name, mediaType);
    try {
      if (!hasRoom) throw new LeftOut(`an answer carries at most ${LIMITS.madeFiles} files`);
      const record = await this.#keep({ ...file, mediaType }, at);
      if (record) return { record };
      this.#taken--;
      return undefined;
    } catch (error) {
      if (!(error instanceof LeftOut)) throw error;
      if (hasRoom) this.#taken--;
      this.#tell(`The file ${name} was left out: ${error.message}.`);
      return { name, why: error.message };
    }
  }

  /** Nothing where the same came from there before. */
  async #keep(file: OfferedFile, { place, call }: MadeAt): Promise<FileRecord | undefined> {
    const { bytes, mediaType: told } = await this.#bytesOf(file);
    if (bytes.length === 0) throw new LeftOut("it is empty");
    if (bytes.length > LIMITS.fileBytes) throw tooLarge();
    const said = told ?? file.mediaType;
    const mediaType = trueType(said, bytes);
    if (mediaType === undefined) throw new LeftOut(`it is no ${said}`);
    const key = `${place}:${await shortHash(bytes)}`;
    if (this.#kept.some((one) => one.key === key)) return undefined;
    const name = safeFileName(file.name, mediaType);
    const attachment = await this.#stored({ key: this.#keyFor(key), name, mediaType, bytes });
    return this.#noted({ key, attachment, ...(call && { call }) });
  }

  async #bytesOf({ data, mediaType }: OfferedFile): Promise<Fetched> {
    if ("bytes" in data) return { bytes: data.bytes };
    if ("base64" in data) {
      if (base64Size(data.base64) > LIMITS.fileBytes + 2) throw tooLarge();
      const bytes = bytesOfBase64(data.base64);
      if (!bytes) throw new LeftOut("it is no base64");
      return { bytes };
    }
    const { allowPrivate, signal, own } = this.#parts;
    const fetched = await fetchFile(data.url, { allowPrivate, signal, own });
    if ("why" in fetched) throw new LeftOut(fetched.why);
    const isTold = mediaType !== "application/octet-stream" && mediaType !== "image/*";
    const found = fetched.mediaType === undefined ? undefined : safeMediaType(fetched.mediaType);
    return { bytes: fetched.bytes, ...(!isTold && found && { mediaType: found }) };
  }

  async #stored(made: MadeFile): Promise<Attachment> {
    const attachment = await this.#store(made);
    if ("code" in attachment) throw new LeftOut(reasonOf(attachment));
    return attachment;
  }

  async #store(made: MadeFile): Promise<Attachment | Refusal> {
    const { files, signal } = this.#parts;
    for (const waitMs of [...KEPT_AGAIN_MS, undefined]) {
      try {
        return await inTime(KEEP_MS, () => files.keep(made));
      } catch (error) {
        logError("file_unkept", { key: made.key, causes: describeError(error) });
        if (waitMs === undefined || signal.aborted) break;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
    return { code: "unavailable", message: "Files cannot be stored now." };
  }

  #keyFor(key: string): string {
    const { step, run } = this.#parts.request;
    return `${step}:${run}:${key}`;
  }

  #noted(file: KeptFile): FileRecord {
    this.#kept.push(file);
    return { type: "file", ...file };
  }

  #tell(message: string): void {
    this.#lines++;
    if (this.#lines <= MOST_LINES) this.#parts.voice.log("warn", message);
    else if (this.#lines === MOST_LINES + 1) {
      this.#parts.voice.log("warn", "Further files of this attempt were left out.");
    }
  }
}

function tooLarge(): LeftOut {
  return new LeftOut(`it is larger than ${LIMITS.fileBytes / 1024 / 1024} MiB`);
}

function reasonOf({ code }: Refusal): string {
  if (code === "quota_exceeded") return "the quota for files is used up";
  if (code === "files_not_configured") return "this deployment keeps no files";
  return code === "unavailable" ? "files cannot be stored now" : "it cannot be stored";
}

const HASH_BYTES = 8;

async function shortHash(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.subarray(0, HASH_BYTES)]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
