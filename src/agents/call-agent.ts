import { describeError, logError } from "../platform/platform-log";
import { textOf, thinkingOf } from "../protocol/tools/rounds";
import type { AgentConfig } from "../resources/agent";
import { FAILURE_FAMILIES } from "../resources/runtimes";
import type { StepEnd, StepRequest } from "../resources/step";
import { AnotherFollows, AttemptEnded } from "./agent";
import type { Doors } from "./doors";
import { failure } from "./failure";
import { agentFor, leaveAgent } from "./runtimes";
import { openedConfig } from "./team/opened-config";
import { type Hearing, NotHeard, Voice } from "./voice";

/**
 * Has the agent of a step make one attempt; gives how it ended, and nothing where it was aborted: at
 * once, whatever the agent does. Never rejects.
 */
export async function callAgent(
  request: StepRequest,
  hearing: Hearing,
  signal: AbortSignal,
  doors: Doors,
): Promise<StepEnd | undefined> {
  if (signal.aborted) return undefined;
  const { rounds } = request;
  const said = { text: textOf(rounds), thinking: thinkingOf(rounds) };
  const voice = new Voice(hearing, signal, said);
  const work = attempt(request, voice, signal, doors);
  const end = await Promise.race([work, aborted(signal)]);
  if (!end || signal.aborted) return undefined;
  voice.end();
  if (end.type !== "finish") return end;
  return {
    ...end,
    ...(voice.isFull && { finishReason: "length" }),
    ...(voice.thoughts.length > 0 && { thoughts: voice.thoughts }),
  };
}

/** Tells a step's agent, of which no attempt is at work, that nobody wants its work any more. Never rejects. */
export async function leaveStep(request: StepRequest, doors: Doors): Promise<void> {
  try {
    const config = await opened(request.config, doors);
    if (config) await leaveAgent({ ...request, config }, doors);
  } catch (error) {
    logError("agent_not_told", { ...idsOf(request), causes: describeError(error) });
  }
}

async function attempt(
  request: StepRequest,
  voice: Voice,
  signal: AbortSignal,
  doors: Doors,
): Promise<StepEnd> {
  try {
    const config = await opened(request.config, doors);
    if (!config) return unopened(request.config);
    // Aborted meanwhile: the agent would not hear of it.
    if (signal.aborted) return unheard(request, signal, doors);
    return await agentFor(config, doors)({ ...request, config }, voice, signal);
  } catch (error) {
    if (error instanceof AttemptEnded) return error.end;
    if (error instanceof NotHeard) return NOBODY_HEARS;
    // What an agent throws besides is nobody's to read but the operator's.
    logError("agent_broken", { ...idsOf(request), causes: describeError(error) });
    return failure("agent_unavailable", "The agent broke off.");
  }
}

function unheard(request: StepRequest, signal: AbortSignal, doors: Doors): StepEnd {
  if (!(signal.reason instanceof AnotherFollows)) doors.hold?.(leaveStep(request, doors));
  return NOBODY_HEARS;
}

const NOBODY_HEARS = failure("agent_unavailable", "The attempt is over.");

function idsOf({ taskId, turnId, step, attempt }: StepRequest) {
  return { taskId, turnId, step, attempt };
}

async function opened(config: AgentConfig, { unseal }: Doors): Promise<AgentConfig | undefined> {
  return unseal ? openedConfig(config, unseal) : config;
}

function unopened({ runtime }: AgentConfig): StepEnd {
  const code = `${FAILURE_FAMILIES[runtime.runtime]}_rejected` as const;
  return failure(code, "A stored header cannot be opened.");
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
