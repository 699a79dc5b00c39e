import { base64Of } from "../../platform/base64";
import type { Attachment } from "../../protocol/files/attachment";
import { LIMITS } from "../../protocol/limits";
import type { StepRequest } from "../../resources/step";
import type { StepFiles } from "../../resources/step-files";
import { readFile } from "../files/read-file";

/** A file as an agent is told of it; with its bytes where there is room for them. */
export type HandedFile = Attachment & { base64?: string };

/** The files of a request, by the place of the message that carries them; -1 is the question itself. */
export type HandedFiles = ReadonlyMap<number, HandedFile[]>;

/**
 * Reads the files of the question, then those of older messages, the newest first, while all together are
 * at most `LIMITS.handedFilesBytes`. What is larger, or gone, is named alone.
 */
export async function handedFiles(
  { attachments, context }: StepRequest,
  files: StepFiles,
): Promise<HandedFiles> {
  const handed = new Map<number, HandedFile[]>();
  let left: number = LIMITS.handedFilesBytes;
  let reads: number = LIMITS.filesRead;
  const read = async (file: Attachment): Promise<HandedFile> => {
    if (file.size > left || reads === 0) return file;
    reads--;
    const bytes = await readFile(files, file, "agent_unavailable");
    if (!bytes || bytes.length > left) return file;
    left -= bytes.length;
    return { ...file, base64: base64Of(bytes) };
  };
  const messages = context.map((message, at) => ({ at, files: message.attachments ?? [] }));
  for (const { at, files: all } of [{ at: -1, files: attachments }, ...messages.toReversed()]) {
    const of: HandedFile[] = [];
    for (const file of all) of.push(await read(file));
    if (of.length > 0) handed.set(at, of);
  }
  return handed;
}
