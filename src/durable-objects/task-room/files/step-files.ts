import { mayBe } from "../../../files/first-bytes";
import { hex } from "../../../files/upload";
import { accepted, type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Attachment } from "../../../protocol/files/attachment";
import { derivedId } from "../../../protocol/ids";
import { issuesOf } from "../../../protocol/issues";
import { LIMITS } from "../../../protocol/limits";
import { attachmentOf, type NewFile, newFile } from "../../../protocol/rooms/files";
import type { MadeFile, StepFiles } from "../../../resources/step-files";
import type { Doors } from "../doors";
import type { HeldRoom } from "../held-room";
import type { RoomStore } from "../store/room-store";

type Parts = {
  doors: Pick<Doors, "bucket" | "homeFiles" | "fault">;
  store: Pick<RoomStore, "files">;
  held: Pick<HeldRoom, "room" | "taskId">;
};

/** `userId`: who asked for the turn, to whose account the files go that are made in it. */
export type Working = { turnId: string; userId: string };

const NO_BUCKET = refuse("files_not_configured", "This service keeps no files: it has no bucket.");
const TOO_LARGE = refuse("payload_too_large", `A file has at most ${LIMITS.fileBytes} bytes.`);
const NOT_OF_ITS_TYPE = refuse(
  "invalid_request",
  "The file is not of the type that it is said to be.",
);

/** Files for the work on a step of one turn. */
export function stepFilesOf(parts: Parts, working: Working): StepFiles {
  return {
    async read({ fileId }) {
      return parts.doors.bucket?.bytes(fileId);
    },
    async keep(made) {
      const outcome = await keep(parts, working, made);
      return outcome.ok ? outcome.value : outcome.refusal;
    },
  };
}

/**
 * The room names the file as one that it carries, its owner's home takes it into account, and only then
 * it is stored: whatever dies on the way, the home removes what was not stored in time, or is told when
 * the task ends. Said again, it goes on, or finds the file.
 */
async function keep(
  { doors, store: { files }, held }: Parts,
  { turnId, userId: owner }: Working,
  made: MadeFile,
): Promise<Outcome<Attachment>> {
  const { bucket } = doors;
  if (!bucket) return refused(NO_BUCKET);
  const read = readMade(await fileIdOf(turnId, made.key), made);
  if (!read.ok) return read;
  const file = read.value;
  const { taskId } = held;
  // The task may have been erased while the agent was at work.
  if (!held.room || taskId === undefined) throw new Error("The task was erased.");
  files.put({ fileId: file.id, owner });
  const reserved = await doors.homeFiles(owner).reserveFile(file, taskId);
  if (!reserved.ok) return reserved;
  const known = reserved.value;
  if (known) return accepted(attachmentOf(known));
  await bucket.put(file, owner, made.bytes);
  doors.fault("file kept");
  const sha256 = hex(await crypto.subtle.digest("SHA-256", made.bytes));
  const finished = await doors.homeFiles(owner).finishFile(file.id, sha256);
  if (finished.ok) return accepted(attachmentOf(finished.value));
  // Its home has given it up meanwhile.
  await bucket.remove([file.id]);
  return finished;
}

function readMade(id: string, { name, mediaType, bytes }: MadeFile): Outcome<NewFile> {
  const size = bytes.byteLength;
  if (size > LIMITS.fileBytes) return refused(TOO_LARGE);
  const parsed = newFile.safeParse({ id, name, mediaType, size });
  if (!parsed.success) return refused(invalid(issuesOf(parsed.error)));
  return mayBe(mediaType, bytes) ? accepted(parsed.data) : refused(NOT_OF_ITS_TYPE);
}

function invalid(issues: ReturnType<typeof issuesOf>): Refusal {
  return refuse("invalid_request", "The file is not valid.", { issues });
}

/** The same key of the same turn is the same file. */
async function fileIdOf(turnId: string, key: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([turnId, key]));
  return derivedId("file", turnId, new Uint8Array(await crypto.subtle.digest("SHA-256", text)));
}
