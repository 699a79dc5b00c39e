import type { Task } from "../../protocol/task";
import { type Room, roleOf } from "../turn/room";

/** A task as one member sees it: with the own role, and with the key for whoever gave it. */
export function shownTask({ state: { task }, members, key }: Room, userId: string): Task {
  const role = roleOf(members, userId);
  const isOwn = key !== undefined && userId === task.createdBy;
  return { ...task, ...(role && { role }), ...(isOwn && { key }) };
}
