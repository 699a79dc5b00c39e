import type { ClientCapabilities, ServerContext } from "@modelcontextprotocol/server";
import { DEPTH_META, TASKS_META } from "../../protocol/depth";
import { hasScope, type Scope } from "../../protocol/identity";
import type { AppContext } from "../../worker/context";
import { descentOf } from "../../worker/descent";
import { insufficientScope } from "../../worker/problem";
import { Progress } from "./progress";
import type { State } from "./state";

const KEY_META = "taskroom/idempotencyKey";
const KEY_CHARS = 500;

type Client = { era: "legacy" | "modern"; capabilities: () => ClientCapabilities | undefined };

/** The calls of tools that come with one request. */
export class Calls {
  readonly #c: AppContext;
  readonly #client: Client;

  constructor(c: AppContext, client: Client) {
    this.#c = c;
    this.#client = client;
  }

  of(context: ServerContext): Call {
    const { era, capabilities } = this.#client;
    return new Call(this.#c, context, era === "modern" && takesForms(capabilities()));
  }
}

/** A client that says nothing of modes has forms (MCP 2025-11-25, elicitation). */
function takesForms({ elicitation }: ClientCapabilities = {}): boolean {
  if (elicitation === undefined) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}

/** One call of a tool. */
export class Call {
  readonly c: AppContext;
  readonly progress: Progress;
  /** Whether the caller can put questions to a person, and call again with the answers. */
  readonly canAsk: boolean;
  readonly #request: ServerContext["mcpReq"];

  constructor(c: AppContext, { mcpReq }: ServerContext, canAsk: boolean) {
    this.c = c;
    this.canAsk = canAsk;
    this.#request = mcpReq;
    this.progress = new Progress(mcpReq._meta?.progressToken, (told) => mcpReq.notify(told));
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  /** The caller's own name for the call: the same again is the same call. */
  get key(): string | undefined {
    const key = this.#request._meta?.[KEY_META];
    return typeof key === "string" && key !== "" && key.length <= KEY_CHARS ? key : undefined;
  }

  /** What the caller was asked the last time, as `stateIn` has read it, and what it answers. */
  get state(): State | undefined {
    return this.#request.requestState<State>();
  }
  get answers(): Record<string, unknown> {
    return this.#request.inputResponses ?? {};
  }

  /** Throws where the caller may not call. */
  begin(scope: Scope): void {
    const { principal } = this.c.var;
    if (!hasScope(principal, scope)) {
      throw insufficientScope(scope, `This tool takes a credential with scope ${scope}`);
    }
    const { [DEPTH_META]: depth, [TASKS_META]: tasks } = this.#request._meta ?? {};
    if (depth === undefined) return;
    const descent = descentOf(depth, tasks);
    // Whoever passes calls on may have left one of the two behind.
    if (descent.depth < (principal.descent?.depth ?? 0)) return;
    this.c.set("principal", { ...principal, descent });
  }
}
