import { TaskroomError } from "../../client";

/** What can be told to the user; anything else is a fault of the page's own. */
export function asTaskroomError(failure: unknown): TaskroomError {
  if (failure instanceof TaskroomError) return failure;
  throw failure;
}
