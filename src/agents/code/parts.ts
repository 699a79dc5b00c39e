import { fitsBytes } from "../../protocol/bytes";
import { type JsonValue, parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { StepRequest } from "../../resources/step";
import { AgentFailed } from "../agent";
import { MalformedAnswer } from "../remote/agent-failure";
import type { Voice } from "../voice";

/** Of one step; each is a row in the room. */
const MOST_PARTS = 1000;
const KEY_UNITS = 200;

/** A part of an agent's work has begun in an earlier attempt, and nobody knows whether it was done. */
export class OutcomeUnknown extends AgentFailed {
  readonly key: string;

  constructor(key: string) {
    super(`It is not known whether "${key}" was done before the service was interrupted.`, {
      retryable: false,
    });
    this.key = key;
  }
}

type Work<Value> = () => Value | Promise<Value>;

/** The parts of an agent's work that are done once in a run. */
export class Parts {
  readonly #known: Map<string, { value?: JsonValue }>;
  readonly #voice: Voice;
  readonly #atWork = new Set<string>();

  constructor(parts: StepRequest["parts"], voice: Voice) {
    this.#known = new Map(parts);
    this.#voice = voice;
  }

  async do<Value extends JsonValue>(
    key: string,
    work: Work<Value>,
    { repeatable = false }: { repeatable?: boolean },
  ): Promise<Value> {
    const known = this.#known.get(key);
    // It was made by the same work, in an earlier attempt.
    if (known && "value" in known) return known.value as Value;
    if (known && !repeatable) throw new OutcomeUnknown(key);
    this.#check(key);
    this.#atWork.add(key);
    if (!repeatable) await this.#voice.record([{ type: "part", key }]);
    const value = asJson(key, await this.#done(key, work));
    await this.#voice.record([{ type: "part", key, value }]);
    this.#known.set(key, { value });
    return value as Value;
  }

  /** What throws has said itself how it ended: the next attempt may do it again. */
  async #done<Value>(key: string, work: Work<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      await this.#voice.record([{ type: "part", key, threw: true }]);
      this.#known.delete(key);
      this.#atWork.delete(key);
      throw error;
    }
  }

  #check(key: string): void {
    if (typeof key !== "string" || key === "" || key.length > KEY_UNITS) {
      throw new MalformedAnswer(`A part of the work has a key of 1 to ${KEY_UNITS} units.`);
    }
    if (this.#atWork.has(key)) throw new MalformedAnswer(`The part "${key}" is at work twice.`);
    if (this.#known.size + this.#atWork.size >= MOST_PARTS) {
      throw new MalformedAnswer(`An agent's work has at most ${MOST_PARTS} parts.`);
    }
  }
}

/** As later attempts will be given it. What can't be kept was done all the same: it is not tried again. */
function asJson(key: string, value: unknown): JsonValue {
  const text = jsonOf(value);
  const isSmall = text !== undefined && fitsBytes(text, LIMITS.partBytes);
  const json = isSmall ? parseJson(text) : undefined;
  if (json?.ok) return json.value as JsonValue;
  const most = `${LIMITS.partBytes / 1024} KiB`;
  throw new AgentFailed(`What "${key}" gave is no JSON of at most ${most}.`, { retryable: false });
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return undefined;
  }
}
