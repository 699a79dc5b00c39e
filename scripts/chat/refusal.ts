import * as z from "zod";
import { type Answer, call, type Server } from "./rest";

/** What to do after a handshake that was refused. */
export type Verdict =
  | { kind: "final"; reason: string }
  | { kind: "again"; afterMs: number | undefined; recoveryToken: string | undefined };

const grant = z.object({ recoveryToken: z.string() });

/** A WebSocket does not say why it was refused; the same checks over REST do. */
export async function whyRefused(
  server: Server,
  taskId: string,
  recoveryToken: string | undefined,
): Promise<Verdict> {
  const task = await call(server, { method: "GET", path: `/tasks/${taskId}` });
  if (task.kind !== "ok") return verdict(task, recoveryToken);
  if (recoveryToken) {
    const body = { recoveryToken };
    const recovered = await call(server, { method: "POST", path: "/sessions/recover", body });
    if (recovered.kind === "ok") return again(grant.safeParse(recovered.value).data?.recoveryToken);
    // Used up or expired: a new session takes its place, the position in the log stays.
    if (recovered.kind === "refused" && [404, 410].includes(recovered.status)) return again();
    return verdict(recovered, recoveryToken);
  }
  return verdict(await call(server, { method: "POST", path: "/sessions", body: { taskId } }));
}

function verdict(answer: Answer, recoveryToken?: string): Verdict {
  if (answer.kind !== "refused") return again(recoveryToken);
  const { status, problem } = answer;
  const passing = status >= 500 || problem.code === "rate_limited";
  if (passing && problem.code !== "auth_not_configured") {
    return again(recoveryToken, problem.retryAfterMs);
  }
  return { kind: "final", reason: problem.detail };
}

function again(recoveryToken?: string, afterMs?: number): Verdict {
  return { kind: "again", afterMs, recoveryToken };
}
