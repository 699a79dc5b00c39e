import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type JWTPayload, SignJWT } from "jose";
import type { TaskRoomApi } from "../../../src/durable-objects/task-room/api";
import type { UserRoomApi } from "../../../src/durable-objects/user-room/api";
import { appWith } from "../../../src/worker/app";

export const ORIGIN = "https://taskroom.test";
export const SECRET = "test-secret-test-secret-test-secret-0123";
export const TASK = "task_01hzzzzzzzzzzzzzzzzzzzzzzz";
export const TURN = "turn_01hzzzzzzzzzzzzzzzzzzzzzzz";

export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A token of alice's that is valid unless the claims say otherwise; `undefined` leaves one out. */
export async function token(claims: JWTPayload = {}, secret = SECRET): Promise<string> {
  return new SignJWT({ sub: "alice", exp: secondsFromNow(60), ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
}

export type Call = {
  method?: string;
  /** Null: no Authorization header at all. */
  token?: string | null;
  headers?: Record<string, string>;
  /** Sent as it is when text or bytes, else as JSON. */
  body?: unknown;
  /** Names of the agents that the deployer wrote. */
  ownAgents?: string[];
  /** Settings and bindings that differ from the suite's. */
  env?: Partial<Record<string, unknown>>;
};

export async function call(path: string, options: Call = {}): Promise<Response> {
  const { method = "GET", body, ownAgents = [], env: changed = {} } = options;
  const credential = options.token === undefined ? await token() : options.token;
  // A text would be declared as text/plain by the platform; a stream is declared as nothing.
  const declared = body instanceof ReadableStream ? {} : { "Content-Type": "application/json" };
  const headers = new Headers({ ...declared, ...options.headers });
  if (credential !== null) headers.set("Authorization", `Bearer ${credential}`);
  const raw =
    typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
  const init = body === undefined ? {} : { body: raw ? body : JSON.stringify(body) };
  const request = new Request(ORIGIN + path, { method, headers, ...init });
  return appWith(ownAgents).fetch(request, environment(changed), createExecutionContext());
}

/** The suite's bindings with some changed. */
export function environment(changed: Partial<Record<string, unknown>>): Env {
  return { ...env, ...changed } as Env;
}

export async function codeOf(response: Response): Promise<string> {
  const problem = await response.clone().json<{ code: string }>();
  return problem.code;
}

type Fakes = {
  task?: Partial<TaskRoomApi> & { fetch?: (request: Request) => Promise<Response> };
  user?: Partial<UserRoomApi>;
};

/** Rooms that answer only what a test gives them, and the names under which they were asked for. */
export function fakeRooms({ task = {}, user = {} }: Fakes) {
  const asked: string[] = [];
  const namespace = (stub: object) => ({
    getByName(name: string) {
      asked.push(name);
      return stub;
    },
  });
  return { asked, env: { TASK_ROOM: namespace(task), USER_ROOM: namespace(user) } };
}

/** What identification reaches besides the request. */
export function doorsAt(now: number) {
  return { db: env.DB, now, later: () => undefined, mayTry: async () => true };
}
