import type { Verdict } from "../connection/link";
import { failureOf, TaskroomError } from "../errors";
import type { Request } from "./request";
import { segment } from "./segment";

/** Refusals that pass by themselves. */
const PASSING = new Set<TaskroomError["code"]>([
  "network",
  "bad_answer",
  "rate_limited",
  "unavailable",
  "internal",
]);

type Grant = { recoveryToken: string };

/**
 * A WebSocket does not say why it was refused; the same checks over REST do. `keep` is given the
 * recovery token for the next handshake, which may be another or none.
 */
export async function whyRoomRefused(
  request: Request,
  taskId: string,
  recoveryToken: string | undefined,
  keep: (token: string | undefined) => void,
): Promise<Verdict> {
  try {
    if (recoveryToken === undefined) {
      keep((await request<Grant>("POST", "/sessions", { body: { taskId } })).recoveryToken);
    } else {
      await request("GET", `/tasks/${segment(taskId)}`);
      keep(await recovered(request, recoveryToken));
    }
    return { final: false };
  } catch (error) {
    return verdict(error);
  }
}

export async function whyUserRoomRefused(request: Request): Promise<Verdict> {
  try {
    await request("GET", "/notifications", { query: { limit: 1 } });
    return { final: false };
  } catch (error) {
    return verdict(error);
  }
}

/** Used up or expired: a new session takes its place, the position in the log stays. */
async function recovered(request: Request, recoveryToken: string): Promise<string | undefined> {
  try {
    const body = { recoveryToken };
    return (await request<Grant>("POST", "/sessions/recover", { body })).recoveryToken;
  } catch (error) {
    const code = error instanceof TaskroomError ? error.code : undefined;
    if (code === "recovery_invalid" || code === "session_expired") return undefined;
    throw error;
  }
}

function verdict(cause: unknown): Verdict {
  const error = failureOf(cause);
  const { code, retryAfterMs: afterMs } = error;
  if (!PASSING.has(code)) return { final: true, code, error };
  return { final: false, error, ...(afterMs !== undefined && { afterMs }) };
}
