import type { STORED_FILES } from "../../operations/rest/files";
import { type Descriptions, json } from "../description";
import { MODELS } from "../models";
import { IDS, TIMES } from "../samples";

export const STORED_FILES_DESCRIBED: Descriptions<typeof STORED_FILES> = {
  upload: {
    description:
      "The body is the file's bytes, at most 25 MiB, with its type in `Content-Type` and its length " +
      "in `Content-Length`, without which the answer is 411. A picture or PDF that is none by its first " +
      "bytes is refused. The file is yours alone until a message carries it " +
      "(`attachments`), and goes after a day that nobody has sent it.",
    headers: ["Content-Disposition"],
    answer: {
      description: "The file, all of it stored.",
      headers: ["Location"],
      json: json(MODELS.File, {
        id: IDS.file,
        name: "photo of me.png",
        mediaType: "image/png",
        size: 52_311,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        createdAt: TIMES.created,
      }),
    },
    errors: ["quota_exceeded", "files_not_configured"],
    example: { name: "photo of me.png" },
  },
  read: {
    description:
      "For whoever stored it, and for the members of a task that carries it. Takes `Range` (one; 206 and " +
      "416), `If-Range` and `If-None-Match` (304), and HEAD. Always to be saved, and never of a type that " +
      "a page runs.",
    answer: { description: "The bytes." },
    media: { description: "The file's own type, or this one.", example: "bytes" },
    errors: ["files_not_configured"],
    example: { inline: "1" },
  },
  remove: {
    description: "For whoever stored it. What a message carries goes with its task.",
    answer: { description: "It is gone." },
    errors: ["in_use", "files_not_configured"],
  },
};
