import type { Refusal } from "../../protocol/errors";
import { type Change, type Context, Draft } from "./draft";
import type { Room } from "./room";

export type Decision<T> = { refusal: Refusal } | { change: Change; reply: T };

/**
 * The rules of a room as a function: the same room, context and rule give the same answer, and the
 * room that was given stays as it is. A refusal changes nothing.
 */
export function decide<T>(
  room: Room,
  context: Context,
  rule: (draft: Draft) => T | Refusal,
): Decision<T> {
  const draft = new Draft(room, context);
  const reply = rule(draft);
  if (isRefusal(reply)) return { refusal: reply };
  return { change: draft.done(), reply };
}

function isRefusal<T>(reply: T | Refusal): reply is Refusal {
  return typeof reply === "object" && reply !== null && "code" in reply && "message" in reply;
}
