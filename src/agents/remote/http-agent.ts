import type { Settings } from "../../platform/settings";
import { checkTarget } from "../../platform/target";
import type { RuntimeConfig, StepFailure, StepOutput, StepRequest } from "../../resources/agent";
import { failure } from "../model/failure";
import { retryAfterMs } from "../model/retry-after";
import { openedKey, type Unseal } from "../team/sealed-key";
import { AgentAnswer } from "./agent-answer";
import { serverEvents, wholeText } from "./agent-body";
import { agentEvent, agentResult } from "./agent-event";
import { agentFailureOf, agentFailureOfStatus, MalformedAnswer } from "./agent-failure";
import { agentRequest } from "./agent-request";

type HttpRuntime = Extract<RuntimeConfig, { runtime: "http" }>;

export type AgentDoors = { settings: Settings; signal: AbortSignal; unseal?: Unseal | undefined };

/**
 * Has an agent of the user's do a step, over HTTP. It has no limits of
 * time of its own: an agent may think in silence for as long as its phase allows, and the engine
 * aborts the signal at the phase's end, which closes the connection at once.
 */
export async function* httpAgent(
  request: StepRequest,
  runtime: HttpRuntime,
  doors: AgentDoors,
): AsyncGenerator<StepOutput, void> {
  const prepared = await prepare(request, runtime, doors);
  if (!prepared.ok) {
    yield prepared.failure;
    return;
  }
  const over = new AbortController();
  const signal = AbortSignal.any([doors.signal, over.signal]);
  let answering = false;
  try {
    const response = await fetch(prepared.url, { ...prepared.init, redirect: "manual", signal });
    answering = true;
    yield* answered(response, request.config.bot);
  } catch (error) {
    if (!doors.signal.aborted) yield agentFailureOf(error, answering);
  } finally {
    // Whatever the agent would still say, and whoever stopped reading: nothing stays open.
    over.abort();
  }
}

async function* answered(response: Response, bot: string): AsyncGenerator<StepOutput, void> {
  if (!response.ok) {
    yield agentFailureOfStatus(response.status, retryAfterMs(Object.fromEntries(response.headers)));
    return;
  }
  const answer = new AgentAnswer(bot);
  if (!isEventStream(response)) {
    yield* answer.result(agentResult(await wholeText(response)));
    return;
  }
  for await (const { name, data } of serverEvents(response)) {
    const event = agentEvent(name, data);
    const outputs = event ? answer.take(event) : [];
    yield* outputs;
    if (outputs.some(({ type }) => type === "finish" || type === "failure")) return;
  }
  throw new MalformedAnswer("The agent's stream ended without a result.");
}

function isEventStream({ headers }: Response): boolean {
  const type = headers.get("content-type") ?? "";
  return type.split(";")[0]?.trim().toLowerCase() === "text/event-stream";
}

type Prepared =
  | { ok: true; url: URL; init: { method: string; headers: Headers; body: string } }
  | { ok: false; failure: StepFailure };

async function prepare(
  request: StepRequest,
  { url, headers, secret }: HttpRuntime,
  { settings, unseal }: AgentDoors,
): Promise<Prepared> {
  // Checked where it is used, not only where it was stored: what is allowed may have changed.
  const target = checkTarget(url, { allowPrivate: settings.ALLOW_PRIVATE_TARGETS });
  if (!target.ok) return rejected(`The agent's address ${target.reason}.`);
  // The operator's settings hold no agent's secret.
  const key = secret?.from === "sealed" ? await openedKey(secret, unseal) : undefined;
  if (secret && key === undefined) return rejected("The agent's stored secret cannot be opened.");
  try {
    return { ok: true, url: target.url, init: await agentRequest(request, headers, key) };
  } catch {
    return rejected("The agent's headers or its secret cannot be used.");
  }
}

function rejected(message: string): Prepared {
  return { ok: false, failure: failure("agent_rejected", message) };
}
