import { jsonBytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import type { StepOutput } from "../../resources/agent";
import { BoundedText } from "../model/bounded-text";
import { ByteBudget } from "../model/byte-budget";
import { given } from "../model/given";
import type { AgentEvent, AgentResult } from "./agent-event";
import { MalformedAnswer } from "./agent-failure";

/** Each is a row in the room: an agent in a loop must not fill it. */
const MOST_LOGS = 1000;
const MOST_NOTICES = 20;
/** What stands for the rest of an output that is too long for a message. */
const CUT_MARK = "\n[…]";

/** Turns what a remote agent sends in one attempt into a step's outputs. */
export class AgentAnswer {
  readonly #bot: string;
  readonly #text = new BoundedText(ByteBudget.ofAnswer(jsonBytes(CUT_MARK)));
  #spoken = false;
  #percent = -1;
  #progressMessage: string | undefined;
  #logs = 0;
  #notices = 0;

  constructor(bot: string) {
    this.#bot = bot;
  }

  /** In order; the last is `finish` or `failure` when the answer is over. Throws `MalformedAnswer`. */
  take(event: AgentEvent): StepOutput[] {
    switch (event.type) {
      case "chunk":
        return this.#speak(event.delta);
      case "progress":
        return this.#progress(event);
      case "log":
        return this.#log(event);
      case "notify":
        if (++this.#notices > MOST_NOTICES) return [];
        return [{ ...given(event), type: "notify" }];
      case "result":
        return this.result(event);
      case "error":
        return [failed(event)];
    }
  }

  result({ output, data, usage }: AgentResult): StepOutput[] {
    if (output === undefined && !this.#spoken) {
      throw new MalformedAnswer("The agent sent a result without an output.");
    }
    const result = given({ output, data });
    if (jsonBytes(result) > LIMITS.resultBytes) {
      throw new MalformedAnswer(`The agent's result is larger than ${LIMITS.resultBytes} bytes.`);
    }
    const finishReason = this.#text.full ? "length" : "stop";
    const finish = { type: "finish", finishReason, model: this.#bot } as const;
    const rest = this.#spoken ? this.#text.rest() : this.#said(output ?? "");
    return [
      ...(rest ? [{ type: "text", delta: rest } as const] : []),
      { ...finish, ...result, ...given({ usage: usage && given(usage) }) },
    ];
  }

  /** An output as the text of a message; the result has it whole. */
  #said(output: string): string {
    const text = this.#text.take(output) + this.#text.rest();
    return this.#text.full ? text + CUT_MARK : text;
  }

  /** Past the bound of an answer's text the rest of it is lost; the result is still to come. */
  #speak(delta: string): StepOutput[] {
    const text = this.#text.take(delta);
    this.#spoken ||= delta !== "";
    return text ? [{ type: "text", delta: text }] : [];
  }

  /** Never goes back, and says nothing twice. */
  #progress({ percentComplete, message }: Extract<AgentEvent, { type: "progress" }>): StepOutput[] {
    if (percentComplete < this.#percent) return [];
    if (percentComplete === this.#percent && message === this.#progressMessage) return [];
    this.#percent = percentComplete;
    this.#progressMessage = message;
    return [{ type: "progress", percentComplete, ...given({ message }) }];
  }

  #log(entry: Extract<AgentEvent, { type: "log" }>): StepOutput[] {
    this.#logs++;
    if (this.#logs > MOST_LOGS + 1) return [];
    if (this.#logs <= MOST_LOGS) return [{ ...given(entry), type: "log" }];
    return [
      { type: "log", level: "warn", message: "Further log entries of this attempt are lost." },
    ];
  }
}

/** The agent's own word on whether to try again stands (contract section 5). */
function failed({ message, retryable }: Extract<AgentEvent, { type: "error" }>): StepOutput {
  const said = message || "The agent reports an error.";
  return { type: "failure", code: "agent_unavailable", message: said, retryable };
}
