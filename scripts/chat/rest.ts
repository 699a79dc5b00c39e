import * as z from "zod";

const problem = z.object({
  code: z.string(),
  detail: z.string(),
  retryAfterMs: z.number().optional(),
});
export type Problem = z.infer<typeof problem>;

export type Answer =
  | { kind: "ok"; value: unknown }
  | { kind: "refused"; status: number; problem: Problem }
  | { kind: "unreachable" };

export type Server = { url: string; token: () => Promise<string> };

type Call = { method: "GET" | "POST"; path: string; body?: unknown; idempotencyKey?: string };

/** One REST call; a server that cannot be reached is an answer too. */
export async function call({ url, token }: Server, request: Call): Promise<Answer> {
  const { method, path, body, idempotencyKey } = request;
  const headers = {
    authorization: `Bearer ${await token()}`,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
  };
  try {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers,
      signal: AbortSignal.timeout(15_000),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const value: unknown = await response.json().catch(() => undefined);
    if (response.ok) return { kind: "ok", value };
    const { status } = response;
    const unknown = { code: "internal", detail: `The server answered ${status}.` };
    return { kind: "refused", status, problem: problem.safeParse(value).data ?? unknown };
  } catch {
    return { kind: "unreachable" };
  }
}

const created = z.object({ id: z.string() });

/** Makes a task; gives its id, or what is in the way. */
export async function createTask(
  server: Server,
  teamRef: string | undefined,
): Promise<{ id: string } | { problem: string }> {
  const answer = await call(server, {
    method: "POST",
    path: "/tasks",
    body: { ...(teamRef && { teamRef }) },
    idempotencyKey: crypto.randomUUID(),
  });
  if (answer.kind === "unreachable") {
    return { problem: `No server answers at ${server.url}. Start one with: npm start` };
  }
  if (answer.kind === "refused") return { problem: answer.problem.detail };
  const task = created.safeParse(answer.value);
  return task.success ? task.data : { problem: `${server.url} is not a Taskroom.` };
}
