import { base64Of } from "../../../platform/base64";
import type { Attachment } from "../../../protocol/files/attachment";
import { LIMITS } from "../../../protocol/limits";
import type { StepFiles } from "../../../resources/step-files";
import { fileLine, namedFile } from "../../files/file-words";
import { trueType } from "../../files/first-bytes";
import { mediaKindOf } from "../../files/media";
import { readFile } from "../../files/read-file";
import { estimateTokens } from "../tokens";
import { type FilePart, fileTokens, type MessageFiles } from "./message-files";
import type { Takes } from "./takes";
import { quotedFile, textOfFile } from "./text-file";

type Taken = { part: FilePart } | { text: string } | { line: string; isShort: boolean };

/** Less of a text than this is not worth sending. */
const WORTHWHILE_TOKENS = 64;

const UNREAD = "this model can't read";
const TOO_LARGE = "is too large for this model";
const GONE = "is gone";
const NO_ROOM = "there is no room for here";

/**
 * Reads the files of one request to a model and makes of each what the model takes: a part, text, or a
 * line that names it. Bounded in bytes and tokens over the whole request: who comes first has the room.
 */
export class PromptFiles {
  readonly #files: StepFiles;
  readonly #takes: Takes;
  #partBytes: number = LIMITS.promptFilesBytes;
  #textBytes: number = LIMITS.promptTextsBytes;
  #reads: number = LIMITS.filesRead;
  #tokens: number;

  constructor(files: StepFiles, takes: Takes, tokens: number) {
    this.#files = files;
    this.#takes = takes;
    this.#tokens = tokens;
  }

  /** Whether a file is one that the model might get as it is. */
  mayBePart(file: Attachment): boolean {
    const kind = mediaKindOf(file);
    return (kind === "picture" || kind === "pdf") && this.#takes[kind] > 0;
  }

  /** Words of a message take from the same room. */
  spend(tokens: number): void {
    this.#tokens -= tokens;
  }

  /** `isSoft`: a part may be larger than what is left; it is what the model was asked about. */
  async of(
    attachments: readonly Attachment[],
    { isSoft }: { isSoft: boolean },
  ): Promise<MessageFiles> {
    const parts: FilePart[] = [];
    const texts: string[] = [];
    let isShort = false;
    for (const [at, file] of attachments.entries()) {
      const taken = await this.#take(file, isSoft, attachments.length - at);
      if ("part" in taken) parts.push(taken.part);
      else texts.push("line" in taken ? taken.line : taken.text);
      isShort ||= "line" in taken && taken.isShort;
    }
    const lines = attachments.map((file) => fileLine(file, NO_ROOM));
    const names = attachments.map(namedFile).join(", ");
    return { text: texts.join("\n\n"), parts, names, lines: lines.join("\n"), isShort };
  }

  /** `sharers`: files that what is left is for, this one among them. */
  async #take(file: Attachment, isSoft: boolean, sharers: number): Promise<Taken> {
    const kind = mediaKindOf(file);
    if (kind === "other") return lineFor(file, UNREAD);
    if (this.#reads === 0) return lineFor(file, NO_ROOM);
    if (kind === "text") return this.#takeText(file, Math.floor(this.#tokens / sharers));
    const most = this.#takes[kind];
    if (most === 0) return lineFor(file, UNREAD);
    if (file.size > most) return lineFor(file, TOO_LARGE);
    const tokens = fileTokens(file.mediaType, file.size);
    const isFull = file.size > this.#partBytes || (!isSoft && tokens > this.#tokens);
    return isFull ? lineFor(file, NO_ROOM) : this.#takePart(file, most);
  }

  async #takePart(file: Attachment, most: number): Promise<Taken> {
    const bytes = await this.#read(file);
    if (!bytes) return lineFor(file, GONE);
    if (bytes.length > Math.min(most, this.#partBytes)) return lineFor(file, TOO_LARGE);
    const mediaType = trueType(file.mediaType, bytes);
    if (mediaType === undefined || mediaKindOf({ ...file, mediaType }) === "other") {
      return lineFor(file, UNREAD);
    }
    this.#partBytes -= bytes.length;
    this.spend(fileTokens(mediaType, bytes.length));
    return { part: { name: file.name, mediaType, base64: base64Of(bytes) } };
  }

  async #takeText(file: Attachment, tokens: number): Promise<Taken> {
    if (tokens < WORTHWHILE_TOKENS || this.#textBytes <= 0) return lineFor(file, NO_ROOM);
    if (file.size > LIMITS.promptFilesBytes) return lineFor(file, TOO_LARGE);
    const bytes = await this.#read(file);
    if (!bytes) return lineFor(file, GONE);
    const text = textOfFile(bytes);
    if (text === undefined) return lineFor(file, UNREAD);
    const quoted = quotedFile(file, text, tokens);
    this.#textBytes -= quoted.length;
    this.spend(estimateTokens(quoted));
    return { text: quoted };
  }

  #read(file: Attachment): Promise<Uint8Array | undefined> {
    this.#reads--;
    return readFile(this.#files, file, "model_unavailable");
  }
}

function lineFor(file: Attachment, why: string): Taken {
  return { line: fileLine(file, why), isShort: why === NO_ROOM };
}
