import { DEPTH_HEADER, type Descent, MAX_DEPTH, TASKS_HEADER } from "../protocol/depth";
import { refuse } from "../protocol/errors";
import { taskId } from "../protocol/ids";
import { RefusedRequest } from "./problem";

/**
 * Of which turns' work a request is a part, as its headers say; nothing where no agent makes it. Throws
 * where that can't be read.
 */
export function descentIn(headers: Headers): Descent | undefined {
  const depth = headers.get(DEPTH_HEADER);
  if (depth === null) return undefined;
  return descentOf(Number(depth), (headers.get(TASKS_HEADER) ?? "").split(","));
}

/** The same of values that were read elsewhere; names that are no tasks' are passed over. */
export function descentOf(depth: unknown, tasks: unknown): Descent {
  if (typeof depth !== "number" || !Number.isSafeInteger(depth) || depth < 1) {
    const issues = [{ path: DEPTH_HEADER, message: "a whole number from 1" }];
    throw new RefusedRequest(
      refuse("invalid_request", "The depth of the call is not valid", { issues }),
    );
  }
  const named = Array.isArray(tasks) ? tasks : [];
  const known = named.filter((name) => taskId.safeParse(name).success);
  return { depth, tasks: known.slice(-MAX_DEPTH) };
}
