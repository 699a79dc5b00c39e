import { type EndCode, TaskroomError } from "../../src/client/index";

const ENDS: Partial<Record<EndCode, string>> = {
  removed: "You are no longer a member of this task.",
  deleted: "The task was deleted.",
  incompatible: "The server does not understand this client.",
};

/** Why a room is closed for good, in words for a person. */
export function reasonOfEnd({ code, reason }: { code: EndCode; reason: string }): string {
  return ENDS[code] ?? reason;
}

export function reasonOf(error: unknown): string {
  return error instanceof TaskroomError ? error.detail : String(error);
}
