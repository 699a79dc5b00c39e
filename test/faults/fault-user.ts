import * as z from "zod";
import type { Server, TokenOptions } from "../support/server";
import type { Evidence } from "./evidence";

const PATIENCE_MS = 120_000;
const problem = z.looseObject({ code: z.string() });
const withId = z.looseObject({ id: z.string() });

export type Answer = { status: number; body: unknown };
export type Place = { after?: number | undefined; epoch?: string | undefined };

/** A user of the server under test, who notes every answer that no client should get. */
export class FaultUser {
  readonly name: string;
  readonly token: string;
  readonly serverErrors: Evidence["serverErrors"] = [];
  readonly #server: Server;

  private constructor(server: Server, name: string, token: string) {
    this.#server = server;
    this.name = name;
    this.token = token;
  }

  static async of(server: Server, name: string, options?: TokenOptions): Promise<FaultUser> {
    return new FaultUser(server, name, await server.token(name, options));
  }

  /** The same name with a credential of another kind. */
  with(token: string): FaultUser {
    return new FaultUser(this.#server, this.name, token);
  }

  async call(method: string, path: string, body?: object): Promise<Answer> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(`${this.#server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      signal,
      ...(body && { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      if (signal.aborted) throw new Error(`${method} ${path} has no answer in ${PATIENCE_MS} ms`);
      throw error;
    });
    const text = await response.text();
    const answer = { status: response.status, body: text === "" ? undefined : readJson(text) };
    // What the proxy says of a dead runtime is no answer of ours.
    const isOurs = response.headers.get("x-request-id") !== null;
    if (answer.status >= 500 && isOurs) {
      const { code } = problem.safeParse(answer.body).data ?? {};
      this.serverErrors.push({ path: `${method} ${path}`, status: answer.status, code });
    }
    return answer;
  }

  /** The answer's body; throws where the call did not succeed. */
  async ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> {
    const answer = await this.call(method, path, body);
    if (answer.status < 300) return schema.parse(answer.body);
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async make(kind: string, name: string, spec: object): Promise<void> {
    await this.ask(z.unknown(), "POST", `/${kind}`, { metadata: { name }, spec });
  }

  async newTask(body: object = {}): Promise<string> {
    return (await this.ask(withId, "POST", "/tasks", body)).id;
  }

  /** A socket to a task's room; `via`: another road to the server. */
  room(taskId: string, place: Place = {}, more: { resume?: string; via?: string } = {}): WebSocket {
    const url = new URL(`/api/v1/tasks/${taskId}/chat`, more.via ?? this.#server.url);
    return this.#socket(url, place, more.resume);
  }

  /** A socket to the user's own room. */
  own(place: Place = {}): WebSocket {
    return this.#socket(new URL("/api/v1/user/notifications", this.#server.url), place);
  }

  #socket(url: URL, { after, epoch }: Place, resume?: string): WebSocket {
    url.protocol = "ws:";
    if (after !== undefined) url.searchParams.set("after", String(after));
    if (epoch !== undefined) url.searchParams.set("epoch", epoch);
    const protocols = ["taskroom.v1", `taskroom.bearer.${this.token}`];
    if (resume !== undefined) protocols.push(`taskroom.resume.${resume}`);
    const ws = new WebSocket(url.toString(), protocols);
    ws.binaryType = "arraybuffer";
    // A refused upgrade is followed by `close`.
    ws.addEventListener("error", () => undefined);
    return ws;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
