import type { Attachment } from "../../protocol/files/attachment";
import type { JsonObject, JsonValue } from "../../protocol/json";
import type { LogLevel } from "../../protocol/log-entry";
import type { ContextMessage, StepFailure, StepFinish, StepRequest } from "../../resources/step";
import type { MadeFile } from "../../resources/step-files";

// All that an agent in code needs of this service is here: its file imports nothing else of ours.
export { AgentFailed } from "../agent";
export { OutcomeUnknown } from "./parts";

/** What an agent in code is called with: the step, the bot's model, and the conversation's files. */
export type OwnRequest = Omit<StepRequest, "rounds" | "parts" | "clientTools" | "files"> & {
  model: Model;
  files: Files;
};

type Files = {
  /** The bytes of a file that the conversation carries; nothing where it is gone. Throws where it cannot be read now. */
  read(attachment: Attachment): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /**
   * A file that the answer is to carry, whatever becomes of the attempt: the same key again is the same
   * file. Throws `AgentFailed` where it cannot be stored.
   */
  keep(made: MadeFile): Promise<Attachment>;
};

type Model = {
  /**
   * Asks the bot's model once, without tools; what it costs is the turn's. Where the model fails this
   * throws, and an agent that does not catch it fails as the model did.
   */
  ask(question: string, more?: Question): Promise<Answered>;
};

export type Question = {
  /** The instructions; the ghost's system prompt where there are none. */
  system?: string;
  /** What was said before, oldest first; as much of the newest as the model's window holds. */
  context?: readonly ContextMessage[];
  /** Files that go with the question, as the model takes them. */
  attachments?: readonly Attachment[];
  /** Whether the room hears the answer as it comes. */
  aloud?: boolean;
};

export type Answered = { text: string; thinking: string };

/** How an agent in code is heard; bounded as an agent over HTTP is. */
export type OwnVoice = {
  /** Writes on the answer. */
  text(delta: string): void;
  /** The same for what is thought, which is shown apart. */
  thinking(delta: string): void;
  /** From 0 to 100; a value below the last one is passed over. */
  progress(percentComplete: number, message?: string): void;
  /** Writes into the task's log. */
  log(level: LogLevel, message: string, metadata?: JsonObject): void;
  /** Tells the members on all their devices. */
  notify(title: string, more?: { body?: string; data?: JsonObject }): void;
  /**
   * Does a part of the work once, whatever becomes of the attempt: what it gives, at most 256 KiB of
   * JSON, is committed, and later attempts are given it without doing the work again. One that has begun
   * and whose end nobody knows throws `OutcomeUnknown`, or is done again where it is `repeatable`.
   */
  step<Value extends JsonValue>(
    key: string,
    work: () => Value | Promise<Value>,
    more?: { repeatable?: boolean },
  ): Promise<Value>;
};

/** `{ type: "finish" }`, with the step's `output` where that is not the text that was written, and its `data`. */
type OwnFinish = Pick<StepFinish, "type" | "output" | "data" | "usage"> &
  Partial<Pick<StepFinish, "finishReason" | "model">>;

/**
 * An agent that the deployer of this service writes, in `src/own/agents.ts`: it does one attempt of a
 * step and returns how that ended. When `signal` is aborted nobody hears it any more. An `AgentFailed`
 * that it throws is shown in its words; anything else that it throws is an `agent_unavailable`, which is
 * tried again, and is nobody's to read but the operator's.
 */
export type OwnAgent = (
  request: OwnRequest,
  voice: OwnVoice,
  signal: AbortSignal,
) => Promise<OwnFinish | StepFailure>;
