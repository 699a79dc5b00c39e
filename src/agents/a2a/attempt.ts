import { checkTarget } from "../../platform/target";
import { descentHeaders } from "../../protocol/depth";
import type { RuntimeConfig } from "../../resources/agent";
import type { StepEnd, StepRequest } from "../../resources/step";
import type { Doors } from "../doors";
import { MadeFiles } from "../files/made-files";
import { given } from "../model/given";
import { ownHeaders } from "../model/own-headers";
import { memoOf } from "../remote/resume";
import type { Voice } from "../voice";
import { within } from "../within";
import { addressOf, cardUrl, readCard, type Way } from "./card";
import { Endpoint } from "./endpoint";
import { AgentRefused, Unusable } from "./fault";
import { cancelTask } from "./leaving";
import { messageText } from "./message-text";
import { Pauses } from "./pauses";
import { RemoteTask } from "./remote-task";
import { type Begun, begunOf } from "./resume";
import { hasFailed, TaskReading } from "./task-reading";
import { taskOf } from "./wire/read";
import { CALLS } from "./wire/versions";

/** Never the shell's to say. */
const RESERVED = ["accept", "a2a-version", "taskroom-depth", "taskroom-tasks"];
/** Milliseconds for which a task is waited for that is to be stopped and has no name yet. */
const NAME_MS = 10_000;

type Parts = {
  runtime: Extract<RuntimeConfig, { runtime: "a2a" }>;
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
    const endpoint = this.#endpoint(way);
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
    const way = await readCard(cardUrl(this.#target()), this.#headers(), signal);
    const endpoint = this.#endpoint(way);
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
    const own = { origin: this.#target().origin, headers: this.#headers() };
    const made = new MadeFiles({ request, voice, signal, files, allowPrivate, own });
    const { bot } = request.config;
    const reading = new TaskReading({ bot, voice, made, truncatedContext: left });
    return { message: { id: key, text }, reading };
  }

  #target(): URL {
    const { runtime, doors } = this.#parts;
    const allowPrivate = doors.settings.ALLOW_PRIVATE_TARGETS;
    // Checked where it is used, not only where it was stored: what is allowed may have changed.
    const target = checkTarget(runtime.url, { allowPrivate });
    if (target.ok) return target.url;
    throw new Unusable(`The agent's address ${target.reason}.`);
  }

  #headers(): Headers {
    try {
      return ownHeaders(this.#parts.runtime.headers, RESERVED);
    } catch {
      throw new Unusable("The agent's headers cannot be used.");
    }
  }

  #endpoint(way: Way): Endpoint {
    const { runtime, request, doors } = this.#parts;
    const { ALLOW_PRIVATE_TARGETS: allowPrivate, ...settings } = doors.settings;
    const own = Object.keys(runtime.headers).length;
    const url = addressOf(way, { named: this.#target(), ownHeaders: own, allowPrivate });
    const headers = this.#headers();
    headers.set("accept", "application/json, text/event-stream");
    headers.set("content-type", "application/json");
    headers.set("a2a-version", way.version);
    for (const [name, value] of Object.entries(descentHeaders(request.descent))) {
      headers.set(name, value);
    }
    const limits = {
      firstByteMs: settings.MODEL_FIRST_BYTE_TIMEOUT_MS,
      stallMs: settings.MODEL_STALL_TIMEOUT_MS,
    };
    return new Endpoint({ url, headers, tenant: way.tenant, limits });
  }
}
