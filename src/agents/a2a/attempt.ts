import type { StepEnd, StepRequest } from "../../resources/step";
import type { Doors } from "../doors";
import { MadeFiles } from "../files/made-files";
import { given } from "../model/given";
import { memoOf } from "../remote/resume";
import type { Voice } from "../voice";
import { within } from "../within";
import { type A2aRuntime, endpointOf, shellHeaders, targetOf } from "./calling";
import { cardUrl, readCard, type Way } from "./card";
import type { Endpoint } from "./endpoint";
import { AgentRefused } from "./fault";
import { cancelTask } from "./leaving";
import { messageText } from "./message-text";
import { Pauses } from "./pauses";
import { RemoteTask } from "./remote-task";
import { type Begun, begunOf } from "./resume";
import { hasFailed, TaskReading } from "./task-reading";
import { taskOf } from "./wire/read";
import { CALLS } from "./wire/versions";

/** Milliseconds for which a task is waited for that is to be stopped and has no name yet. */
const NAME_MS = 10_000;

type Parts = {
  runtime: A2aRuntime;
  doors: Doors;
  request: StepRequest;
  voice: Voice;
};

type Place = { endpoint: Endpoint; way: Way; key: string; id: string | undefined };

/** An attempt, and the agent's task behind it. */
export class Attempt {
  readonly #parts: Parts;
  /** The agent's task, once it has a name. */
  #named = Promise.withResolvers<string | undefined>();
  #sent: { endpoint: Endpoint; way: Way } | undefined;
  #task: RemoteTask | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get hasAnswered(): boolean {
    return this.#task?.hasAnswered === true;
  }

  /** Gives how it ended. Throws what `failureOf` takes. */
  async end(signal: AbortSignal): Promise<StepEnd> {
    try {
      const begun = begunOf(this.#parts.request);
      return (begun && (await this.#goOn(begun, signal))) ?? (await this.#begin(signal));
    } finally {
      this.#named.resolve(undefined);
    }
  }

  /** Nobody wants the agent's task any more. Never rejects. */
  async leave(): Promise<void> {
    if (!this.#sent) return;
    const { endpoint, way } = this.#sent;
    const named = await within(NAME_MS, undefined, () => this.#named.promise).catch(
      () => undefined,
    );
    if (named !== undefined) await cancelTask(endpoint, way.version, named);
  }

  /** Gives nothing where there is nothing to go on with. */
  async #goOn(begun: Begun, signal: AbortSignal): Promise<StepEnd | undefined> {
    const { taskId, way, key } = begun;
    const endpoint = endpointOf(this.#parts, way);
    this.#sent = { endpoint, way };
    this.#named.resolve(taskId);
    try {
      // A person tries again what has failed there: that is another task.
      if (!begun.isOfRun && (await this.#hasFailed(endpoint, begun, signal))) return undefined;
      return await this.#taskOf({ endpoint, way, key, id: taskId }, signal).end(signal);
    } catch (error) {
      if (error instanceof AgentRefused && error.isNoTask) return undefined;
      throw error;
    }
  }

  async #hasFailed(endpoint: Endpoint, { way, taskId }: Begun, signal: AbortSignal) {
    const task = taskOf(await endpoint.ask(CALLS[way.version].get(taskId), signal));
    return task.type === "task" && hasFailed(task.status);
  }

  async #begin(signal: AbortSignal): Promise<StepEnd> {
    const { request } = this.#parts;
    const way = await readCard(cardUrl(targetOf(this.#parts)), shellHeaders(this.#parts), signal);
    const endpoint = endpointOf(this.#parts, way);
    // One that there was before is none to be stopped.
    this.#named = Promise.withResolvers();
    this.#sent = { endpoint, way };
    const key = request.idempotencyKey;
    return this.#taskOf({ endpoint, way, key, id: undefined }, signal).end(signal);
  }

  #taskOf({ endpoint, way, key, id }: Place, signal: AbortSignal): RemoteTask {
    const { voice } = this.#parts;
    const begun = async (taskId: string) => {
      this.#named.resolve(taskId);
      const memo = memoOf({ key, state: { taskId, way: given(way) } });
      await voice.record([{ type: "resumable", memo }]);
    };
    const { version, isStreaming } = way;
    const asked = { ...this.#asked(key, signal), pauses: new Pauses() };
    this.#task = new RemoteTask({ endpoint, version, isStreaming, begun, ...asked }, id);
    return this.#task;
  }

  /** What is said to the agent, and who hears what comes of it. */
  #asked(key: string, signal: AbortSignal) {
    const { request, voice, doors } = this.#parts;
    const { text, left } = messageText(request);
    const { files, settings } = doors;
    const allowPrivate = settings.ALLOW_PRIVATE_TARGETS;
    const own = { origin: targetOf(this.#parts).origin, headers: shellHeaders(this.#parts) };
    const made = new MadeFiles({ request, voice, signal, files, allowPrivate, own });
    const { bot } = request.config;
    const reading = new TaskReading({ bot, voice, made, truncatedContext: left });
    return { message: { id: key, text }, reading };
  }
}
