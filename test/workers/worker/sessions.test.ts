import { describe, expect, it } from "vitest";
import type { Page } from "../../../src/protocol/rest/page";
import { recoveryToken, type Session, session } from "../../../src/protocol/session";
import type { Task } from "../../../src/protocol/task";
import { type Call, call, codeOf, TASK, token } from "./build";

type Grant = { session: Session; recoveryToken: string };

async function as(userId: string, path: string, options: Call = {}): Promise<Response> {
  return call(path, { ...options, token: await token({ sub: userId }) });
}

async function taskOf(userId: string): Promise<string> {
  const response = await as(userId, "/api/v1/tasks", { method: "POST", body: {} });
  return (await response.json<Task>()).id;
}

async function prepare(userId: string, taskId: string): Promise<Grant> {
  const response = await as(userId, "/api/v1/sessions", { method: "POST", body: { taskId } });
  expect(response.status).toBe(201);
  return response.json();
}

/** The first frame of a socket that a request opened, and the socket. */
async function firstFrame(response: Response) {
  const socket = response.webSocket;
  if (!socket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.addEventListener("message", ({ data }) => resolve(String(data)), { once: true });
  socket.accept();
  return { socket, frame: JSON.parse(await promise) };
}

async function connect(userId: string, taskId: string, resume?: string): Promise<Response> {
  const bearer = await token({ sub: userId });
  const list = ["taskroom.v1", `taskroom.bearer.${bearer}`];
  if (resume !== undefined) list.push(`taskroom.resume.${resume}`);
  return call(`/api/v1/tasks/${taskId}/chat`, {
    token: null,
    headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": list.join(", ") },
  });
}

describe("sessions over REST", () => {
  it("are made, listed, recovered and ended", async () => {
    const taskId = await taskOf("ann");
    const made = await prepare("ann", taskId);
    expect(session.parse(made.session)).toMatchObject({ userId: "ann", taskId, state: "away" });
    expect(recoveryToken.parse(made.recoveryToken)).toBe(made.recoveryToken);

    const { items } = await (await as("ann", "/api/v1/sessions")).json<Page<Session>>();
    expect(items.map(({ id }) => id)).toEqual([made.session.id]);

    const body = { recoveryToken: made.recoveryToken };
    const recovered = await as("ann", "/api/v1/sessions/recover", { method: "POST", body });
    const next = await recovered.json<Grant>();
    expect([recovered.status, next.session.id]).toEqual([200, made.session.id]);
    expect(next.recoveryToken).not.toBe(made.recoveryToken);

    const path = `/api/v1/sessions/${made.session.id}`;
    expect((await as("ann", path, { method: "DELETE" })).status).toBe(204);
    expect((await as("ann", path, { method: "DELETE" })).status).toBe(404);
  });

  it.each<[string, () => Promise<string>]>([
    ["a task that is not there", async () => TASK],
    ["a stranger's task", () => taskOf("eve")],
  ])("are not made for %s", async (_name, taskId) => {
    const body = { taskId: await taskId() };
    const response = await as("ben", "/api/v1/sessions", { method: "POST", body });
    expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
  });

  it("a stranger can neither recover nor end one", async () => {
    const made = await prepare("cat", await taskOf("cat"));
    const body = { recoveryToken: made.recoveryToken };
    const recovered = await as("eve", "/api/v1/sessions/recover", { method: "POST", body });
    expect([recovered.status, await codeOf(recovered)]).toEqual([404, "recovery_invalid"]);
    const ended = await as("eve", `/api/v1/sessions/${made.session.id}`, { method: "DELETE" });
    expect([ended.status, await codeOf(ended)]).toEqual([404, "not_found"]);
  });
});

describe("a socket by the browser's handshake", () => {
  it("opens with session:ready, and resumes with its recovery token", async () => {
    const taskId = await taskOf("dan");
    const response = await connect("dan", taskId);
    expect(response.headers.get("Sec-WebSocket-Protocol")).toBe("taskroom.v1");
    const first = await firstFrame(response);
    expect(first.frame).toMatchObject({
      type: "session:ready",
      data: { resumed: false, state: { task: { id: taskId, role: "owner" } } },
    });
    first.socket.close(1000);
    const second = await firstFrame(await connect("dan", taskId, first.frame.data.recoveryToken));
    expect(second.frame.data).toMatchObject({
      resumed: true,
      sessionId: first.frame.data.sessionId,
    });
    second.socket.close(1000);
  });

  it.each<[string, string, () => Promise<string>, string | undefined, number, string]>([
    ["a task that is not there", "fay", async () => TASK, undefined, 404, "not_found"],
    ["a stranger's task", "fay", () => taskOf("eve"), undefined, 404, "not_found"],
    [
      "an unknown recovery token",
      "fay",
      () => taskOf("fay"),
      "r".repeat(43),
      404,
      "recovery_invalid",
    ],
  ])("is refused as a problem for %s", async (_name, userId, taskId, resume, status, code) => {
    const response = await connect(userId, await taskId(), resume);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(response.webSocket).toBeNull();
  });
});
