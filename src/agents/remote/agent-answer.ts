import { jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import { BETWEEN } from "../../protocol/tools/rounds";
import type { StepEnd } from "../../resources/step";
import { failure } from "../failure";
import { BoundedText } from "../model/bounded-text";
import { ByteBudget } from "../model/byte-budget";
import { given } from "../model/given";
import type { Voice } from "../voice";
import type { AgentEvent, AgentResult } from "./agent-event";
import { MalformedAnswer } from "./agent-failure";

/** Each is a row in the room: an agent in a loop must not fill it. */
const MOST_LOGS = 1000;
const MOST_NOTICES = 20;
/** What stands for the rest of an output that is too long for a message. */
const CUT_MARK = "\n[…]";

/** How far an agent has said it is. */
export type AgentProgress = { percentComplete: number; message?: string | undefined };

/** Tells what a remote agent sends in one attempt. */
export class AgentAnswer {
  readonly #bot: string;
  readonly #voice: Voice;
  #spoken = false;
  /** What stands before the first of its words. */
  #lead: string;
  #progress: AgentProgress | undefined;
  #logs = 0;
  #notices = 0;
  #hasFiles = false;

  constructor(bot: string, voice: Voice) {
    this.#bot = bot;
    this.#voice = voice;
    // What rounds of another bot have said before is a paragraph of its own.
    this.#lead = voice.has("text") ? BETWEEN : "";
  }

  get progress(): AgentProgress | undefined {
    return this.#progress;
  }

  /** Goes on after what an earlier attempt has said. */
  goOn({ text, progress }: { text: string; progress?: AgentProgress | undefined }): void {
    if (text !== "") {
      this.#spoken = true;
      this.#lead = "";
    }
    if (progress) this.#tell(progress);
  }

  /** It may end without a word. */
  noteFile(): void {
    this.#hasFiles = true;
  }

  /** Gives the end where the event is one. Throws `MalformedAnswer`. */
  take(event: AgentEvent): StepEnd | undefined {
    switch (event.type) {
      case "chunk":
        this.#say(event.delta);
        return undefined;
      case "progress":
        this.#tell(event);
        return undefined;
      case "resumable":
      case "file":
        // Whoever reads its stream has that kept.
        return undefined;
      case "log":
        this.#log(event);
        return undefined;
      case "notify":
        if (++this.#notices <= MOST_NOTICES)
          this.#voice.report({ ...given(event), type: "notify" });
        return undefined;
      case "result":
        return this.result(event);
      case "error":
        return failed(event);
    }
  }

  result({ output, data, usage }: AgentResult): StepEnd {
    if (output === undefined && !this.#spoken && !this.#hasFiles) {
      throw new MalformedAnswer("The agent sent a result without an output.");
    }
    const result = given({ output, data });
    if (jsonBytes(result) > LIMITS.resultBytes) {
      throw new MalformedAnswer(`The agent's result is larger than ${LIMITS.resultBytes} bytes.`);
    }
    if (!this.#spoken) this.#sayWhole(output ?? "");
    return {
      type: "finish",
      finishReason: "stop",
      model: this.#bot,
      ...result,
      ...given({ usage: usage && given(usage) }),
    };
  }

  /** Says an output as the text of a message; the result has it whole. */
  #sayWhole(output: string): void {
    const bounded = new BoundedText(ByteBudget.ofAnswer(jsonBytes(CUT_MARK)));
    const text = bounded.take(output) + bounded.rest();
    this.#say(bounded.full ? text + CUT_MARK : text);
  }

  #say(delta: string): void {
    if (delta === "") return;
    this.#spoken = true;
    this.#voice.text(this.#lead + delta);
    this.#lead = "";
  }

  /** Never goes back, and says nothing twice. */
  #tell({ percentComplete, message }: AgentProgress): void {
    const last = this.#progress ?? { percentComplete: -1 };
    if (percentComplete < last.percentComplete) return;
    if (percentComplete === last.percentComplete && message === last.message) return;
    this.#progress = { percentComplete, message };
    this.#voice.progress(percentComplete, message);
  }

  #log(entry: Extract<AgentEvent, { type: "log" }>): void {
    this.#logs++;
    if (this.#logs <= MOST_LOGS) this.#voice.report({ ...given(entry), type: "log" });
    else if (this.#logs === MOST_LOGS + 1) {
      this.#voice.log("warn", "Further log entries of this attempt are lost.");
    }
  }
}

/** The agent's own word on whether to try again stands (contract section 5). */
function failed({ message, retryable }: Extract<AgentEvent, { type: "error" }>): StepEnd {
  return failure("agent_unavailable", message || "The agent reports an error.", { retryable });
}
