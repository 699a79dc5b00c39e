import { fileId } from "../../protocol/ids";
import { LIMITS } from "../../protocol/limits";
import { readFile, uploadFile } from "../../protocol/rest/files";
import type { Group } from "../operation";

const tag = "Files";
const all = "/api/v1/files";
const one = { tag, path: `${all}/{fileId}`, params: { fileId } } as const;

export const STORED_FILES = {
  upload: {
    id: "uploadFile",
    tag,
    method: "post",
    path: all,
    summary: "Store a file",
    scope: "write",
    query: uploadFile,
    raw: true,
    bodyBytes: LIMITS.fileBytes,
    status: 201,
    limit: "files",
  },
  read: {
    ...one,
    id: "readFile",
    method: "get",
    summary: "Fetch a file, or part of it",
    scope: "read",
    query: readFile,
    status: 200,
    media: "application/octet-stream",
  },
  remove: {
    ...one,
    id: "deleteFile",
    method: "delete",
    summary: "Erase a file that no message carries",
    scope: "write",
    status: 204,
  },
} as const satisfies Group;
