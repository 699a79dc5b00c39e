import type { StepEnd } from "../../resources/step";
import { MalformedAnswer } from "../remote/agent-failure";
import type { Endpoint } from "./endpoint";
import { AgentRefused, AgentSilent, AgentStatus, mayPass } from "./fault";
import type { Pauses } from "./pauses";
import { isAtRest, type TaskReading } from "./task-reading";
import { taskOf, toldIn } from "./wire/read";
import type { Told } from "./wire/told";
import { CALLS, type Version } from "./wire/versions";

/** Connections in a row on which nothing at all was told. */
const MOST_IN_VAIN = 4;

export type RemoteTaskParts = {
  endpoint: Endpoint;
  version: Version;
  isStreaming: boolean;
  message: { id: string; text: string };
  reading: TaskReading;
  pauses: Pauses;
  /** The agent has named its task; nothing more is read before this resolves. */
  begun(taskId: string): Promise<void>;
};

/**
 * One task of an agent's, from its message to its end. A connection that breaks costs nothing: the agent works
 * on, and the next one begins with all there is so far.
 */
export class RemoteTask {
  readonly #parts: RemoteTaskParts;
  #id: string | undefined;
  /** Whether anything may have been missed between two connections. */
  #hasBroken = false;
  #hasAnswered = false;

  /** `id`: of a task that was begun before. */
  constructor(parts: RemoteTaskParts, id: string | undefined) {
    this.#parts = parts;
    this.#id = id;
  }

  /** Whether anything of an answer has come. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Gives how it ended. Throws what `failureOf` takes. */
  async end(signal: AbortSignal): Promise<StepEnd> {
    this.#hasBroken = this.#id !== undefined;
    for (let inVain = 0; ; ) {
      const heard = await this.#connection(signal);
      if (heard.end) return heard.end;
      inVain = heard.told > 0 ? 0 : inVain + 1;
      if (this.#id === undefined || inVain >= MOST_IN_VAIN) throw heard.error ?? brokenOff();
      this.#hasBroken = true;
      await this.#parts.pauses.next(signal, { isNews: heard.told > 1 });
    }
  }

  async #connection(signal: AbortSignal): Promise<Heard> {
    const heard: Heard = { told: 0 };
    try {
      for await (const told of this.#told(signal)) {
        heard.told++;
        this.#hasAnswered = true;
        heard.end = await this.#take(told, signal);
        if (heard.end) break;
      }
    } catch (error) {
      if (signal.aborted || !isBreak(error, heard.told)) throw error;
      heard.error = error;
    }
    return heard;
  }

  async #take(told: Told, signal: AbortSignal): Promise<StepEnd | undefined> {
    const { begun, reading } = this.#parts;
    if (told.type !== "message" && this.#id !== told.taskId) {
      this.#id = told.taskId;
      await begun(told.taskId);
    }
    if (told.type === "status" && isAtRest(told.status) && this.#hasBroken) {
      // The pieces of an answer that came while nobody listened are in the whole task alone.
      const whole = await this.#whole(told.taskId, signal);
      if (whole.type === "task" && isAtRest(whole.status)) return reading.take(whole);
    }
    return reading.take(told);
  }

  async *#told(signal: AbortSignal): AsyncGenerator<Told, void> {
    if (this.#id === undefined) yield* this.#sent(signal);
    else yield* this.#wentOn(this.#id, signal);
  }

  async *#sent(signal: AbortSignal): AsyncGenerator<Told, void> {
    const { endpoint, version, isStreaming, message } = this.#parts;
    const { send, sendAndLeave } = CALLS[version];
    const call = (isStreaming ? send : sendAndLeave)(message);
    yield* known(endpoint.answers(call, signal));
  }

  async *#wentOn(id: string, signal: AbortSignal): AsyncGenerator<Told, void> {
    const { endpoint, version, isStreaming } = this.#parts;
    // 0.3 does not say what was before.
    if (!isStreaming || version === "0.3") yield await this.#whole(id, signal);
    if (!isStreaming) return;
    try {
      yield* known(endpoint.answers(CALLS[version].subscribe(id), signal));
    } catch (error) {
      if (!(error instanceof AgentRefused && error.isUnsupported)) throw error;
      yield await this.#whole(id, signal);
    }
  }

  async #whole(id: string, signal: AbortSignal): Promise<Told> {
    const { endpoint, version } = this.#parts;
    return taskOf(await endpoint.ask(CALLS[version].get(id), signal));
  }
}

type Heard = { told: number; end?: StepEnd | undefined; error?: unknown };

/** What is of a kind that we do not know may be of a later version. */
async function* known(results: AsyncIterable<unknown>): AsyncGenerator<Told, void> {
  for await (const result of results) {
    const told = toldIn(result);
    if (told) yield told;
  }
}

/** Whether another connection may go on at once. */
function isBreak(error: unknown, told: number): boolean {
  if (error instanceof MalformedAnswer) return false;
  if (error instanceof AgentSilent) return told > 0;
  if (error instanceof AgentStatus) return mayPass(error) && error.retryAfterMs === undefined;
  return mayPass(error);
}

function brokenOff(): MalformedAnswer {
  return new MalformedAnswer("The agent's stream ended without a result.");
}
