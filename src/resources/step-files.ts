import { type Refusal, refuse } from "../protocol/errors";
import type { Attachment } from "../protocol/files/attachment";

/** A file that an agent, its model or one of its tools has made. */
export type MadeFile = {
  /** Names it within the turn: the same again is the same file, however often it is said. */
  key: string;
  name: string;
  mediaType: string;
  bytes: Uint8Array<ArrayBuffer>;
};

/** What the work on a step may do with files; both reject where the bucket can't be reached. */
export type StepFiles = {
  /** The bytes of a file that the conversation carries; nothing where it is gone. */
  read(attachment: Attachment): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Stores a file for the turn's user, whose quota it counts against; the answer carries it. */
  keep(made: MadeFile): Promise<Attachment | Refusal>;
};

/** Where there is no bucket: what was there is gone, and nothing is kept. */
export const NO_FILES: StepFiles = {
  read: async () => undefined,
  keep: async () => refuse("files_not_configured", "This deployment keeps no files."),
};
