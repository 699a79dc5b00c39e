import type { Attachment } from "../../protocol/files/attachment";
import { LIMITS } from "../../protocol/limits";
import type { MadeFile, StepFiles } from "../../resources/step-files";
import { AgentFailed } from "../agent";
import { safeFileName, safeMediaType } from "../files/file-words";
import type { MadeFiles } from "../files/made-files";
import { readFile } from "../files/read-file";
import { MalformedAnswer } from "../remote/agent-failure";
import type { Voice } from "../voice";
import type { OwnRequest } from "./own-agent";

const KEY_UNITS = 200;

/** The files of the conversation as an agent in code has them. */
export class OwnFiles {
  readonly #files: StepFiles;
  readonly #made: MadeFiles;
  readonly #voice: Voice;
  readonly #kept: () => void;

  /** `kept` is told of each that is in the answer. */
  constructor(files: StepFiles, made: MadeFiles, voice: Voice, kept: () => void) {
    this.#files = files;
    this.#made = made;
    this.#voice = voice;
    this.#kept = kept;
  }

  get forAgent(): OwnRequest["files"] {
    return { read: (file) => this.#read(file), keep: (made) => this.#keep(made) };
  }

  #read(file: Attachment): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return readFile(this.#files, file, "agent_unavailable");
  }

  async #keep({ key, name, mediaType, bytes }: MadeFile): Promise<Attachment> {
    if (typeof key !== "string" || key === "" || key.length > KEY_UNITS) {
      throw new MalformedAnswer(`A file has a key of 1 to ${KEY_UNITS} units.`);
    }
    const known = this.#made.kept.find((one) => one.key === `own:${key}`);
    if (known) {
      this.#kept();
      return known.attachment;
    }
    if (bytes.length > LIMITS.fileBytes)
      throw refused(`it has more than ${LIMITS.fileBytes} bytes`);
    const type = safeMediaType(String(mediaType));
    const made = { name: safeFileName(String(name), type), mediaType: type, bytes };
    const record = await this.#made.keepAs(`own:${key}`, made);
    if (!record) throw refused(`an answer carries at most ${LIMITS.madeFiles} files`);
    if ("code" in record) throw refused(record.message, record.code === "unavailable");
    await this.#voice.record([record]);
    this.#kept();
    return record.attachment;
  }
}

function refused(why: string, retryable = false): AgentFailed {
  return new AgentFailed(`A file cannot be kept: ${why}`, { retryable });
}
