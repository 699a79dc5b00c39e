import { jsonBytes } from "../../protocol/bytes";
import type { JsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { StepEnd } from "../../resources/step";
import type { Voice } from "../voice";
import type { AgentAnswer } from "./agent-answer";
import type { AgentEvent } from "./agent-event";
import { MalformedAnswer } from "./agent-failure";
import { memoOf } from "./resume";
import type { SentFiles } from "./sent-files";

/** Milliseconds between two commits of what an agent can go on from: each is two rows. */
const LEAST_SPACING_MS = 1000;
/** The longer an attempt works, the fewer: hours of it are hundreds of commits, and no more. */
const SPACINGS_IN_ATTEMPT = 100;
/** UTF-16 units that wait for the next commit, at most. */
const MOST_HELD = 64 * 1024;

type Parts = {
  answer: AgentAnswer;
  voice: Voice;
  files: SentFiles;
  /** The idempotency key under which the agent is at work. */
  key: string;
};

/**
 * Has committed what an agent says it can go on from, before anything that it says afterwards. Of several
 * in a short time the last counts; what is said after that one waits for its commit.
 */
export class ResumableAnswer {
  readonly #answer: AgentAnswer;
  readonly #voice: Voice;
  readonly #files: SentFiles;
  readonly #key: string;
  readonly #startedAt = performance.now();
  #dueAt = 0;
  #waiting: JsonValue | undefined;
  #held = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #committing: Promise<void> | undefined;

  constructor({ answer, voice, files, key }: Parts) {
    this.#answer = answer;
    this.#voice = voice;
    this.#files = files;
    this.#key = key;
  }

  /** Gives the end where the event is one. Throws `MalformedAnswer`. */
  async take(event: AgentEvent): Promise<StepEnd | undefined> {
    await this.#committing;
    if (event.type === "resumable") return this.#mark(event.state);
    if (event.type === "file") return this.#keep(event);
    if (event.type === "chunk" && this.#waiting !== undefined) return this.#hold(event.delta);
    if (event.type === "error") await this.settle();
    // A result is kept whole: nobody goes on from what led to it.
    if (event.type === "result") this.#release();
    return this.#answer.take(event);
  }

  /** Nothing more comes: commits what waits for that. */
  async settle(): Promise<void> {
    await this.#committing;
    if (this.#waiting !== undefined) await this.#commit();
  }

  /** Nobody hears it any more. */
  close(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
  }

  /** What waits for its commit was said before: the file is not a part of it. */
  async #keep(file: Extract<AgentEvent, { type: "file" }>): Promise<undefined> {
    await this.settle();
    if (await this.#files.keep(file)) this.#answer.noteFile();
  }

  async #mark(state: JsonValue | undefined): Promise<undefined> {
    if (state !== undefined && jsonBytes(state) > LIMITS.resumeStateBytes) {
      const most = LIMITS.resumeStateBytes;
      throw new MalformedAnswer(`What the agent goes on from is larger than ${most} bytes.`);
    }
    this.#release();
    // What is cut is sent again, and cut again.
    if (this.#voice.isFull) return;
    this.#waiting = memoOf({ key: this.#key, state, progress: this.#answer.progress });
    const left = this.#dueAt - performance.now();
    if (left <= 0) await this.#commit();
    else this.#timer = setTimeout(() => this.#commitLater(), left);
  }

  async #hold(delta: string): Promise<undefined> {
    this.#held += delta;
    if (this.#held.length > MOST_HELD) await this.#commit();
  }

  #commitLater(): void {
    this.#committing = this.#commit();
    // Whoever takes the next event hears of it.
    this.#committing.catch(() => undefined);
  }

  async #commit(): Promise<void> {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    await this.#voice.record([{ type: "resumable", memo: this.#waiting ?? null }]);
    const now = performance.now();
    const spacing = (now - this.#startedAt) / SPACINGS_IN_ATTEMPT;
    this.#dueAt = now + Math.max(LEAST_SPACING_MS, spacing);
    this.#release();
  }

  /** Says what has waited. */
  #release(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#waiting = undefined;
    const held = this.#held;
    this.#held = "";
    this.#answer.take({ type: "chunk", delta: held });
  }
}
