import { shownLine } from "../../model/shown-text";
import { isFields } from "../../model/wire/json";
import { OutOfTime, within } from "../../within";
import type { Connection, Request } from "./connection";
import type { Endpoint } from "./endpoint";
import { late, McpFault } from "./mcp-fault";
import { CLIENT_INFO, WITH_SESSIONS } from "./protocol";

/** How long the word that a session has begun may take: some servers never answer what needs no answer. */
const INITIALIZED_MS = 1000;
const OPEN_MS = 5000;
const CANCEL_MS = 2000;
/** The first revision that takes its own name in a header. */
const FIRST_WITH_HEADER = "2025-06-18";

type Opened = { version: string; id: string | undefined };

/**
 * A session with a server of a revision that begins with `initialize`. One that the server does not know
 * any more is opened again, and what was asked is asked again: it was not carried out.
 */
export class Session implements Connection {
  readonly isStateless = false;
  readonly #endpoint: Endpoint;
  readonly #signal: AbortSignal;
  #opened: Opened;
  #reopening: Promise<Opened> | undefined;
  #isClosed = false;
  /** What is still being said of calls that nobody waits for. */
  readonly #cancelled: Promise<void>[] = [];

  private constructor(endpoint: Endpoint, signal: AbortSignal, opened: Opened) {
    this.#endpoint = endpoint;
    this.#signal = signal;
    this.#opened = opened;
  }

  /** `signal` is that of whoever uses the session. Throws as `request` does. */
  static async open(endpoint: Endpoint, signal: AbortSignal): Promise<Session> {
    return new Session(endpoint, signal, await open(endpoint, signal));
  }

  async request(request: Request): Promise<unknown> {
    const opened = this.#opened;
    try {
      return await this.#ask(request, opened);
    } catch (error) {
      if (!isLost(error) || opened.id === undefined) throw error;
      return await this.#ask(request, await this.#reopened(opened, request.signal));
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#reopening?.catch(() => undefined);
    await Promise.all(this.#cancelled);
    await this.#end(this.#opened);
  }

  async #ask({ method, params, headers, isCall, signal, hearing }: Request, opened: Opened) {
    const id = this.#endpoint.nextId();
    const ofSession = headersOf(opened);
    try {
      const question = { id, method, params, signal, hearing };
      return (await this.#endpoint.ask({ ...question, headers: { ...headers, ...ofSession } }))
        .result;
    } catch (error) {
      if (isCall && signal.aborted) this.#cancel(id, ofSession);
      throw error;
    }
  }

  #cancel(requestId: number, headers: Record<string, string>): void {
    const params = { requestId, reason: "Nobody waits for the result any more." };
    const told = this.#endpoint.tell(
      { method: "notifications/cancelled", params },
      headers,
      CANCEL_MS,
    );
    this.#cancelled.push(told);
    this.#endpoint.hold(told);
  }

  /** All that have lost the same session share the next one. */
  async #reopened(lost: Opened, signal: AbortSignal): Promise<Opened> {
    if (this.#opened !== lost) return this.#opened;
    this.#reopening ??= this.#reopen().finally(() => {
      this.#reopening = undefined;
    });
    const opened = await this.#reopening;
    signal.throwIfAborted();
    return opened;
  }

  async #reopen(): Promise<Opened> {
    const opened = await open(this.#endpoint, this.#signal);
    if (this.#isClosed) this.#endpoint.hold(this.#end(opened));
    else this.#opened = opened;
    return opened;
  }

  async #end(opened: Opened): Promise<void> {
    if (opened.id !== undefined) await this.#endpoint.delete(headersOf(opened));
  }
}

/**
 * Whether a server has said that it does not know the session; the request went no further then. Some say
 * so with a word about sessions instead of 404.
 */
function isLost(error: unknown): boolean {
  if (!(error instanceof McpFault)) return false;
  const { status, error: said, namesSession } = error;
  if (status === 404) return true;
  const isOfProtocol = said?.code === undefined || OF_REQUESTS.includes(said.code);
  return namesSession && ((status === 400 && isOfProtocol) || said?.code === -32001);
}

/** Codes of what was wrong with the request itself, whatever it asked for. */
const OF_REQUESTS = [-32000, -32600];

function headersOf({ version, id }: Opened): Record<string, string> {
  return {
    ...(version >= FIRST_WITH_HEADER && { "mcp-protocol-version": version }),
    ...(id !== undefined && { "mcp-session-id": id }),
  };
}

async function open(endpoint: Endpoint, signal: AbortSignal): Promise<Opened> {
  try {
    return await within(OPEN_MS, signal, (limit) => openWithin(endpoint, limit));
  } catch (error) {
    throw error instanceof OutOfTime ? late() : error;
  }
}

async function openWithin(endpoint: Endpoint, signal: AbortSignal): Promise<Opened> {
  const [newest = ""] = WITH_SESSIONS;
  try {
    return await openWith(newest, endpoint, signal);
  } catch (error) {
    const other = olderIn(error);
    if (other === undefined) throw error;
    return openWith(other, endpoint, signal);
  }
}

async function openWith(version: string, endpoint: Endpoint, signal: AbortSignal): Promise<Opened> {
  const { result, headers } = await endpoint.ask({
    ...{ id: endpoint.nextId(), method: "initialize", signal },
    params: { protocolVersion: version, capabilities: {}, clientInfo: CLIENT_INFO },
  });
  const told = isFields(result) ? result.protocolVersion : undefined;
  const opened = {
    version: typeof told === "string" ? told : version,
    id: headers.get("mcp-session-id") ?? undefined,
  };
  if (!WITH_SESSIONS.includes(opened.version)) {
    endpoint.hold(opened.id === undefined ? Promise.resolve() : endpoint.delete(headersOf(opened)));
    throw unknownVersion([opened.version]);
  }
  await endpoint.tell({ method: "notifications/initialized" }, headersOf(opened), INITIALIZED_MS);
  return opened;
}

/** The newest revision with sessions that a refusal names as one that the server speaks. */
function olderIn(error: unknown): string | undefined {
  const data = error instanceof McpFault ? error.error?.data : undefined;
  const supported = versionsIn(isFields(data) ? data.supported : undefined);
  return WITH_SESSIONS.slice(1).find((version) => supported.includes(version));
}

export function versionsIn(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((version) => typeof version === "string");
}

export function unknownVersion(versions: readonly string[]): McpFault {
  const named = shownLine(versions.slice(0, 5).join(", "), 100);
  return new McpFault("version", `speaks a version of MCP that is not known here (${named})`);
}
