import { isErased } from "../history/erase";
import { claimKey } from "../history/idempotency";
import { refuse } from "../protocol/errors";
import { newId } from "../protocol/ids";
import { issuesOf } from "../protocol/issues";
import type { CreateTask } from "../protocol/rest/create-task";
import { idempotencyKey } from "../protocol/rest/idempotency-key";
import { bodyHash } from "./body-hash";
import type { AppContext } from "./context";
import { RefusedRequest } from "./problem";

/** The `Idempotency-Key` header; undefined where there is none. */
export function keyOf(c: AppContext): string | undefined {
  const header = c.req.header("Idempotency-Key");
  if (header === undefined) return undefined;
  const parsed = idempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error).map((issue) => ({ ...issue, path: "Idempotency-Key" }));
  throw new RefusedRequest(
    refuse("invalid_request", "The Idempotency-Key is not valid", { issues }),
  );
}

/**
 * The id of the task to create: a new one, or that which the same key and body got before.
 * The room makes a task of an id once, so creating it again gives the task that there is, and
 * also mends a first try that died between the claim and the room.
 */
export async function claimTaskId(c: AppContext, body: CreateTask): Promise<string> {
  const now = Date.now();
  const taskId = newId("task", now);
  const key = keyOf(c);
  if (key === undefined) return taskId;
  const { userId } = c.var.principal;
  const claim = { userId, key, bodyHash: await bodyHash(body), taskId, now };
  const claimed = await claimKey(c.env.DB, claim);
  if (claimed === "conflict") {
    throw new RefusedRequest(refuse("conflict", "The Idempotency-Key was used with another body"));
  }
  if (!claimed.fresh && (await isErased(c.env.DB, claimed.taskId))) {
    throw new RefusedRequest(refuse("not_found", "The task made with this key was deleted"));
  }
  return claimed.taskId;
}
