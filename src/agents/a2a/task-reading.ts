import type { StepEnd } from "../../resources/step";
import { failure } from "../failure";
import type { MadeFiles, OfferedFile } from "../files/made-files";
import { given } from "../model/given";
import { AgentAnswer } from "../remote/agent-answer";
import { MalformedAnswer } from "../remote/agent-failure";
import type { Voice } from "../voice";
import { SpokenArtifacts } from "./spoken-artifacts";
import { shownWords } from "./wire/read";
import type { Content, State, Status, Told } from "./wire/told";

/** States that stay what they are, and those in which the agent waits for somebody. */
const OVER: readonly State[] = ["completed", "failed", "canceled", "rejected"];
const ASKS: readonly State[] = ["input-required", "auth-required"];

/** Whether nothing more comes of it by itself. */
export function isAtRest({ state }: Status): boolean {
  return OVER.includes(state) || ASKS.includes(state);
}

/** Whether it ended without an answer. */
export function hasFailed({ state }: Status): boolean {
  return OVER.includes(state) && state !== "completed";
}

type Parts = { bot: string; voice: Voice; made: MadeFiles; truncatedContext: number };

/** What an agent's task comes to, told as it comes. */
export class TaskReading {
  readonly #parts: Parts;
  readonly #artifacts: SpokenArtifacts;
  /** Tells how far the agent is, within the bounds that hold for every agent. */
  readonly #answer: AgentAnswer;
  #percent = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#artifacts = new SpokenArtifacts(parts.voice);
    this.#answer = new AgentAnswer(parts.bot, parts.voice);
  }

  /** Gives the end where there is one. Throws `MalformedAnswer`. */
  async take(told: Told): Promise<StepEnd | undefined> {
    switch (told.type) {
      case "message":
        return this.#whole(told);
      case "artifact":
        this.#artifacts.take(told.artifact, told);
        return undefined;
      case "task":
        this.#artifacts.takeAll(told.artifacts);
        return this.#status(told.status);
      case "status":
        return this.#status(told.status);
    }
  }

  async #status(status: Status): Promise<StepEnd | undefined> {
    if (!isAtRest(status)) {
      this.#working(status);
      return undefined;
    }
    const { state, words } = status;
    return state === "completed" ? this.#completed(words) : ended(state, shownWords(words));
  }

  #working({ words, percentComplete }: Status): void {
    const shown = shownWords(words);
    if (percentComplete === undefined && shown === "") return;
    this.#percent = Math.min(Math.max(percentComplete ?? 0, this.#percent), 100);
    const message = shown === "" ? undefined : shown;
    this.#answer.take({ type: "progress", percentComplete: Math.round(this.#percent), message });
  }

  /** Many agents say their answer as the last word on their state. */
  #completed(words: string): Promise<StepEnd> {
    if (this.#artifacts.isEmpty) {
      const data = this.#artifacts.data;
      const text = words.trim() === "" && data !== undefined ? JSON.stringify(data) : words;
      this.#say({ text, files: [] });
    }
    return this.#finish();
  }

  #whole(message: Content): Promise<StepEnd> {
    this.#say(message);
    return this.#finish();
  }

  #say(content: Content): void {
    this.#artifacts.take({ id: "", ...content }, { isMore: false });
  }

  async #finish(): Promise<StepEnd> {
    const { bot, truncatedContext } = this.#parts;
    this.#artifacts.end();
    const { files, data } = this.#artifacts;
    const hasFiles = await this.#keep(files);
    if (this.#artifacts.isEmpty && !hasFiles) {
      throw new MalformedAnswer("The agent's task is completed without an answer.");
    }
    return {
      ...{ type: "finish", finishReason: "stop", model: bot },
      ...given({ data, truncatedContext: truncatedContext || undefined }),
    };
  }

  /** Whether the answer carries any: those of what the agent has not taken back. */
  async #keep(files: readonly OfferedFile[]): Promise<boolean> {
    const { made, voice } = this.#parts;
    const outcomes = await made.offer(files, { place: "artifact" });
    const records = outcomes.flatMap((one) => ("record" in one ? [one.record] : []));
    if (records.length > 0) await voice.record(records);
    return made.kept.length > 0;
  }
}

/** A task that ended without an answer, or that goes on only with somebody's word. */
function ended(state: State, words: string): StepEnd {
  const said = words === "" ? "" : `: ${words}`;
  switch (state) {
    case "input-required":
      return failure("agent_rejected", `The agent asks for a word, where it works${said}`);
    case "auth-required":
      return failure("agent_rejected", `The agent asks to be authorized, where it works${said}`, {
        reason: "bad_credentials",
      });
    case "canceled":
      return failure("agent_rejected", `The agent's task was stopped where it works${said}`);
    case "rejected":
      return failure("agent_rejected", `The agent does not do this${said}`);
    default:
      // The agent's own word: it has tried what there was to try.
      return failure("agent_unavailable", words || "The agent's task has failed.", {
        retryable: false,
      });
  }
}
