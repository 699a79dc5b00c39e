import type { JsonObject, JsonValue } from "../../protocol/json";
import type { LogLevel } from "../../protocol/log-entry";
import type { StepEnd, StepRequest } from "../../resources/step";
import { AgentAnswer } from "../remote/agent-answer";
import { agentEvent } from "../remote/agent-event";
import type { Voice } from "../voice";
import type { OwnVoice } from "./own-agent";
import { Parts } from "./parts";

/**
 * The voice of an agent in code. What it says is read as what an agent over HTTP sends is: the same
 * bounds, and nothing but JSON. Throws `MalformedAnswer` where it cannot be read.
 */
export class BoundedVoice implements OwnVoice {
  readonly #answer: AgentAnswer;
  readonly #voice: Voice;

  readonly #parts: Parts;

  constructor({ config, parts }: Pick<StepRequest, "config" | "parts">, voice: Voice) {
    this.#answer = new AgentAnswer(config.bot, voice);
    this.#voice = voice;
    this.#parts = new Parts(parts, voice);
  }

  step<Value extends JsonValue>(
    key: string,
    work: () => Value | Promise<Value>,
    more: { repeatable?: boolean } = {},
  ): Promise<Value> {
    return this.#parts.do(key, work, more);
  }

  /** A file is in the answer: it may end without a word. */
  noteFile(): void {
    this.#answer.noteFile();
  }

  text(delta: string): void {
    this.#answer.take({ type: "chunk", delta: String(delta) });
  }

  thinking(delta: string): void {
    this.#voice.thinking(String(delta));
  }

  progress(percentComplete: number, message?: string): void {
    this.#take("progress", jsonOf({ percentComplete, message }));
  }

  log(level: LogLevel, message: string, metadata?: JsonObject): void {
    // A log entry must never break the work.
    this.#take("log", jsonOf({ level, message, metadata }) ?? jsonOf({ level, message }));
  }

  notify(title: string, more: { body?: string; data?: JsonObject } = {}): void {
    this.#take("notify", jsonOf({ ...more, title }));
  }

  /** How the attempt ends with a result. */
  result(result: object): StepEnd | undefined {
    return this.#take("result", jsonOf(result));
  }

  #take(name: string, json: string | undefined): StepEnd | undefined {
    const event = agentEvent(name, json ?? "");
    return event && this.#answer.take(event);
  }
}

/** `undefined` where a value is nothing that JSON can hold. Halves of characters are told as such. */
function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value, (_, item: unknown) =>
      typeof item === "string" ? item.toWellFormed() : item,
    );
  } catch {
    return undefined;
  }
}
