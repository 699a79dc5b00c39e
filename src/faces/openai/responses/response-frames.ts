import type { Turn } from "../../../protocol/turn";
import type { ItemOf, TurnItem } from "../../turn-view/item";
import { approvalId } from "../ids";
import type { Frame } from "./frame";
import { Output } from "./output";
import {
  endingOf,
  type Progress,
  type ResponseFacts,
  type ResponseObject,
  responseObject,
} from "./response";
import { Said } from "./said";

/**
 * A turn's view as the stream of a response. Given the same turn it says the same, whenever it is asked;
 * only what an attempt wrote that is void since may be gone.
 */
export class ResponseFrames {
  readonly #facts: ResponseFacts;
  readonly #output = new Output();
  readonly #said: Said;
  readonly #told = new Set<string>();
  #progress: Progress;
  #turnId: string;
  readonly #taskId: string;
  #isLive = false;
  #questions = 0;
  #isOver = false;
  /** That of the end that a wait would be, if nobody had answered. */
  #reserved = 0;

  constructor(facts: ResponseFacts, turn: Turn) {
    this.#facts = facts;
    this.#said = new Said(this.#output, { origin: facts.origin, taskId: turn.taskId });
    this.#turnId = turn.id;
    this.#taskId = turn.taskId;
    // What has become of it since is what the view tells.
    this.#progress = { status: "PENDING", createdAt: turn.createdAt };
  }

  /** The response as it is now. */
  get response(): ResponseObject {
    return responseObject(this.#facts, this.#progress, this.#output.items);
  }

  /** Nothing more is told: the turn is over, or waits for a person. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** All that was before is told. */
  get isLive(): boolean {
    return this.#isLive;
  }

  read(item: TurnItem): Frame[] {
    switch (item.type) {
      case "turn":
        return this.#lifecycle("response.created");
      case "queued":
        return this.#lifecycle("response.queued");
      case "working":
        this.#progress = { ...this.#progress, status: "PROCESSING", waitingFor: undefined };
        return this.#lifecycle("response.in_progress");
      case "approval": {
        const { call, step } = item;
        return this.#ask({ step, call: call.toolCallId }, call.name, call.input);
      }
      case "waiting":
        return this.#waiting(item);
      case "live":
        this.#isLive = true;
        return this.#progress.status === "WAITING" ? this.#end(this.#reserved) : [];
      case "message":
        this.#finish(item);
        return this.#said.message(item);
      case "ended":
        return this.#ended(item);
      default:
        return this.#said.read(item);
    }
  }

  #lifecycle(type: Frame["type"]): Frame[] {
    if (this.#told.has(type)) return [];
    this.#told.add(type);
    return [this.#output.frame(this.#said.place("begin"), type, { response: this.response })];
  }

  #waiting({ waitingFor, step }: ItemOf<"waiting">): Frame[] {
    this.#progress = { ...this.#progress, status: "WAITING", waitingFor };
    // Calls are asked for one by one; the other waits are questions about a step.
    const isStep = waitingFor === "confirmation" || waitingFor === "budget";
    const frames = isStep && step !== undefined ? this.#ask({ step }, waitingFor, { step }) : [];
    this.#reserved = this.#output.number(this.#said.place("calls"));
    return this.#isLive ? [...frames, ...this.#end(this.#reserved)] : frames;
  }

  #ask(asked: { step: string; call?: string }, name: string, input: unknown): Frame[] {
    const id = approvalId({
      task: this.#taskId,
      turn: this.#turnId,
      ...asked,
      n: ++this.#questions,
    });
    return this.#said.question({ id, name, arguments: JSON.stringify(input) });
  }

  #finish({ message }: ItemOf<"message">): void {
    const { finishReason } = message.metadata;
    if (typeof finishReason === "string") this.#progress = { ...this.#progress, finishReason };
  }

  #ended({ status, error, usage }: ItemOf<"ended">): Frame[] {
    this.#progress = { ...this.#progress, status, waitingFor: undefined, error, usage };
    const frames = this.#said.closeAll();
    return [...frames, ...this.#end(this.#output.number(this.#said.place("over")))];
  }

  #end(sequence_number: number): Frame[] {
    this.#isOver = true;
    const { response } = this;
    return [{ type: endingOf(response), sequence_number, response }];
  }
}
