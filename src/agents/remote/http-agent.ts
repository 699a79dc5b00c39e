import { checkTarget } from "../../platform/target";
import type { RuntimeConfig } from "../../resources/agent";
import type { StepEnd, StepFailure } from "../../resources/step";
import type { Agent } from "../agent";
import type { Doors } from "../doors";
import { failure } from "../failure";
import { MadeFiles } from "../files/made-files";
import { openedKey } from "../team/sealed-key";
import { AgentAnswer } from "./agent-answer";
import { serverEvents, wholeText } from "./agent-body";
import { agentEvent, agentResult } from "./agent-event";
import { agentFailureOf, agentFailureOfStatus, MalformedAnswer } from "./agent-failure";
import { type Asked, agentRequest } from "./agent-request";
import { handedFiles } from "./handed-files";
import { ResumableAnswer } from "./resumable-answer";
import { resumeOf } from "./resume";
import { retryAfterMs } from "./retry-after";
import { SentFiles } from "./sent-files";

type HttpRuntime = Extract<RuntimeConfig, { runtime: "http" }>;

/**
 * Has an agent of the user's do a step, over HTTP. It has no limits of time of its own: an agent may
 * think in silence for as long as its phase allows, and the engine aborts the signal at the phase's end,
 * which closes the connection at once.
 */
export function httpAgent(runtime: HttpRuntime, doors: Doors): Agent {
  return async (request, voice, signal) => {
    const resume = resumeOf(request);
    const key = resume?.key ?? request.idempotencyKey;
    const handed = await handedFiles(request, doors.files);
    const prepared = await prepare({ request, files: handed, resume, key }, runtime, doors);
    if (!prepared.ok) return prepared.failure;
    const over = new AbortController();
    const stop = () => over.abort();
    signal.addEventListener("abort", stop, { once: true });
    let answering = false;
    const answer = new AgentAnswer(request.config.bot, voice);
    if (resume) answer.goOn(resume);
    if (request.files.length > 0) answer.noteFile();
    const { files: store, settings } = doors;
    const allowPrivate = settings.ALLOW_PRIVATE_TARGETS;
    const made = new MadeFiles({ request, voice, signal, files: store, allowPrivate });
    const files = new SentFiles(made, voice);
    const resumable = new ResumableAnswer({ answer, voice, files, key });
    try {
      const init = { ...prepared.init, redirect: "manual" as const, signal: over.signal };
      const response = await fetch(prepared.url, init);
      answering = true;
      return await answered(response, answer, resumable);
    } catch (error) {
      return agentFailureOf(error, answering);
    } finally {
      signal.removeEventListener("abort", stop);
      resumable.close();
      // Whatever the agent would still say: nothing stays open.
      over.abort();
    }
  };
}

async function answered(
  response: Response,
  answer: AgentAnswer,
  resumable: ResumableAnswer,
): Promise<StepEnd> {
  if (!response.ok) {
    return agentFailureOfStatus(
      response.status,
      retryAfterMs(Object.fromEntries(response.headers)),
    );
  }
  if (!isEventStream(response)) return answer.result(agentResult(await wholeText(response)));
  try {
    for await (const { name, data } of serverEvents(response)) {
      const event = agentEvent(name, data);
      const end = event && (await resumable.take(event));
      if (end) return end;
    }
  } catch (error) {
    await resumable.settle();
    throw error;
  }
  await resumable.settle();
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
  asked: Asked,
  { url, headers, secret }: HttpRuntime,
  { settings, unseal }: Doors,
): Promise<Prepared> {
  // Checked where it is used, not only where it was stored: what is allowed may have changed.
  const target = checkTarget(url, { allowPrivate: settings.ALLOW_PRIVATE_TARGETS });
  if (!target.ok) return rejected(`The agent's address ${target.reason}.`);
  // The operator's settings hold no agent's secret.
  const signingKey = secret?.from === "sealed" ? await openedKey(secret, unseal) : undefined;
  if (secret && signingKey === undefined)
    return rejected("The agent's stored secret cannot be opened.");
  try {
    return { ok: true, url: target.url, init: await agentRequest(asked, headers, signingKey) };
  } catch {
    return rejected("The agent's headers or its secret cannot be used.");
  }
}

function rejected(message: string): Prepared {
  return { ok: false, failure: failure("agent_rejected", message) };
}
