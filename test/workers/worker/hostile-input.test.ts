import { exports } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, type MockInstance, vi } from "vitest";
import { type OpenApiOperation, openApi } from "../../../src/api-docs/openapi";
import { errorsOf } from "../../../src/api-docs/operation";
import { OPERATIONS } from "../../../src/api-docs/operations";
import { type ErrorCode, errorCode, problem } from "../../../src/protocol/errors";
import { ORIGIN, token } from "./build";
import { type HostileRequest, type Known, Mutator } from "./hostile-requests";
import { HEADER_TEXTS, TEXTS } from "./hostile-values";

const SEED = 20_261_117;
const PER_OPERATION = 30;
const AT_ONCE = 10;
const HANG_MS = 30_000;
const LATE_MS = 60_000;

/** What only the inside of the service could have written. */
const INTERNAL =
  /\bat [^"]+:\d+:\d+|\.[jt]s:\d|node_modules|TypeError|RangeError|SyntaxError|SQLITE|D1_ERROR|Failed query|drizzle|ZodError/;

const document = openApi();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, operation]) => !operationOf(operation)?.isFile)
    .map(([method, operation]) => ({ path, method, operation })),
);

let log: MockInstance;
let owner: string;
let foreigner: string;
let victim: Target;

/** A task and its first turn. */
type Target = { task: string; turn: string };

beforeAll(async () => {
  log = vi.spyOn(console, "error").mockImplementation(() => {});
  const exp = Math.floor(Date.now() / 1000) + 3600;
  owner = await token({ sub: "alice", exp });
  foreigner = await token({ sub: "mallory", exp });
  victim = await newTask();
  await vi.waitFor(async () => expect((await picture(victim)).status).toBe("COMPLETED"), LATE_MS);
});
afterAll(() => vi.restoreAllMocks());

function send(target: string, init: RequestInit & { as: string | null }): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.as !== null) headers.set("Authorization", `Bearer ${init.as}`);
  return exports.default.fetch(new Request(`${ORIGIN}${target}`, { ...init, headers }));
}

async function newTask(): Promise<Target> {
  const body = JSON.stringify({ title: "Victim", prompt: "Say hello", metadata: { kept: true } });
  const response = await send("/api/v1/tasks", { method: "POST", as: owner, body });
  const { id } = await response.json<{ id: string }>();
  const turns = await send(`/api/v1/tasks/${id}/turns`, { as: owner });
  const [turn] = (await turns.json<{ items: { id: string }[] }>()).items;
  return { task: id, turn: turn?.id ?? "" };
}

/** All that the owner can read of a task. */
async function picture({ task: id }: Target) {
  const paths = [`/tasks/${id}`, `/tasks/${id}/turns`, `/tasks/${id}/events?limit=200`];
  const [task, ...others] = await Promise.all(
    [...paths, `/tasks/${id}/members`, `/messages?taskId=${id}`].map(async (path) => {
      const response = await send(`/api/v1${path}`, { as: owner });
      return response.json<{ status?: string }>();
    }),
  );
  return { status: task?.status, task, others };
}

type Finding = { request: string; what: string };

async function judge(request: HostileRequest, as: string | null): Promise<Finding[]> {
  const { method, target, headers, body } = request;
  const about = `${method} ${target.slice(0, 200)} ${JSON.stringify(headers).slice(0, 200)} ${String(body).slice(0, 200)}`;
  log.mockClear();
  const answered = send(target, { method, headers, as, ...(body !== undefined && { body }) });
  const late = new Promise<"hang">((resolve) => setTimeout(() => resolve("hang"), HANG_MS));
  const response = await Promise.race([answered, late]);
  if (response === "hang") return [{ request: about, what: "no answer" }];
  const findings = await faults(request, response);
  const logged = log.mock.calls.flat().join("\n").slice(0, 500);
  return findings.map((what) => ({ request: about, what: `${what} ${logged}` }));
}

/** What is wrong with an answer, whatever was asked. */
async function faults(
  { operation, target }: HostileRequest,
  response: Response,
): Promise<string[]> {
  response.webSocket?.accept();
  response.webSocket?.close();
  if (response.headers.get("Content-Type")?.includes("event-stream")) {
    await response.body?.cancel();
    return [];
  }
  const text = await response.text();
  const found = [
    ...(response.status >= 500 ? [`${response.status}: ${text}`] : []),
    ...(operation.tags[0] !== "Service" && INTERNAL.test(text) ? [`internal: ${text}`] : []),
    ...(response.headers.get("X-Request-Id") === null ? ["no request id"] : []),
  ];
  // Path tricks can reach another operation than the one they were made from.
  return isMeant(operation, target) ? [...found, ...undescribed(operation, response, text)] : found;
}

function operationOf({ operationId }: OpenApiOperation) {
  return OPERATIONS.find(({ id }) => id === operationId);
}

function isMeant(operation: OpenApiOperation, target: string): boolean {
  const segments = (path: string) => path.split("/").length;
  const { pathname } = new URL(target, ORIGIN);
  return segments(pathname) === segments(operationOf(operation)?.path ?? "");
}

function undescribed(operation: OpenApiOperation, response: Response, text: string): string[] {
  const described = operationOf(operation);
  if (!described) return ["no such operation"];
  const { status, json } = described.answer;
  if (response.status === status) {
    const error = json?.schema.safeParse(JSON.parse(text)).error;
    return error
      ? [`not as described: ${error.message.slice(0, 300)} in ${text.slice(0, 300)}`]
      : [];
  }
  if (response.status === 304) return [];
  // Words have no place for a code.
  if (described.errorForm.type === "text/plain") return [];
  const code = codeIn(described.errorForm.type, text);
  if (code === undefined) return [`no problem: ${response.status} ${text.slice(0, 200)}`];
  return errorsOf(described).includes(code) ? [] : [`${code} is not described: ${text}`];
}

/** The service's code in an error: a problem's own, or wherever another face's form has it. */
function codeIn(type: string, text: string): ErrorCode | undefined {
  if (type === "application/problem+json") return problem.safeParse(JSON.parse(text)).data?.code;
  const [, named] = /"code":"(\w+)"/.exec(text) ?? [];
  return errorCode.safeParse(named).data;
}

type Attack = { request: HostileRequest; as: string | null };

async function attack(attacks: Attack[]): Promise<Finding[]> {
  const found: Finding[] = [];
  for (let i = 0; i < attacks.length; i += AT_ONCE) {
    const some = attacks.slice(i, i + AT_ONCE).map(({ request, as }) => judge(request, as));
    found.push(...(await Promise.all(some)).flat());
  }
  return found;
}

it("no hostile request breaks the service, tells of its inside, or changes another's task", async () => {
  const before = await picture(victim);
  const mutator = new Mutator(document, SEED);
  const found: Finding[] = [];
  let sent = 0;
  for (const { path, method, operation } of operations) {
    // What the owner's requests may change is a task of their own, new for each operation.
    const mine = path.includes("{taskId}") ? await newTask() : victim;
    const attacks = Array.from({ length: PER_OPERATION }, (_, i): Attack => {
      const as = [foreigner, owner, foreigner, owner, nonsense(i)][i % 5] ?? null;
      return { as, request: mutator.request(path, method, operation, knownTo(as, mine)) };
    });
    found.push(...(await attack(attacks)));
    sent += attacks.length;
    if (mine !== victim) await send(`/api/v1/tasks/${mine.task}`, { method: "DELETE", as: owner });
  }
  expect(found).toEqual([]);
  expect(sent).toBe(PER_OPERATION * operations.length);
  expect(await picture(victim)).toEqual(before);
});

/** Strangers aim at the victim with everything; its owner only at what may change. */
function knownTo(as: string | null, mine: Target): Known {
  const { task, turn } = as === owner ? mine : victim;
  return {
    taskId: [task],
    turnId: [turn],
    userId: ["alice", "bob"],
    namespace: ["alice", "system", "mallory"],
    name: ["researcher", "assistant", "default"],
    limit: ["1", "200"],
    // A query names it with its namespace, a path beside it.
    team: ["system/assistant", "assistant"],
    createdAfter: ["2026-01-01T00:00:00Z"],
    createdBefore: ["2099-01-01T00:00:00+14:00"],
    // Any text is right here, so the worst ones go all the way to the database.
    q: TEXTS.filter(Boolean),
    label: TEXTS.map((text) => `key=${text}`),
  };
}

/** Credentials that are none. */
function nonsense(i: number): string {
  return HEADER_TEXTS[i % HEADER_TEXTS.length] ?? "";
}
