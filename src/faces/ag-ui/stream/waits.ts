import type { ItemOf, TurnItem } from "../../turn-view/item";
import type { Interrupt, RunOutcome } from "../event";
import { type CallPlace, callId, interruptId } from "../shown/ids";

/** What a person sends as an answer's `payload`. */
const RESPONSE_SCHEMA = {
  type: "object",
  properties: { approved: { type: "boolean" }, note: { type: "string" } },
  required: ["approved"],
};

type Approval = ItemOf<"approval">;

/** What a turn asks others for, and has not been told. */
export class Waits {
  readonly #turnId: string;
  readonly #approvals = new Map<string, Approval>();
  readonly #clients = new Set<string>();

  constructor(turnId: string) {
    this.#turnId = turnId;
  }

  hear(item: TurnItem): void {
    switch (item.type) {
      case "approval":
        this.#approvals.set(this.#callId(item), item);
        break;
      case "call":
        if (item.where === "client") this.#clients.add(this.#callId(item));
        break;
      case "decision":
        this.#approvals.delete(this.#callId(item));
        break;
      case "result":
        this.#approvals.delete(this.#callId(item));
        this.#clients.delete(this.#callId(item));
        break;
      case "attempt":
        this.#drop(item);
        break;
    }
  }

  /** How a run ends that waits: with the question, or with the calls that are the client's. */
  outcome({ waitingFor, step = "", toolCallId }: ItemOf<"waiting">): RunOutcome {
    if (waitingFor === "client-tool") {
      return { type: "success", pendingToolCallIds: [...this.#clients] };
    }
    const calls = [...this.#approvals.values()].map((item) => this.#ofCall(item));
    if (waitingFor === "approval" && calls.length > 0) {
      return { type: "interrupt", interrupts: calls };
    }
    const id = interruptId({ turnId: this.#turnId, step, toolCallId });
    const message =
      waitingFor === "budget"
        ? `"${step}" has used up its budget of errors: go on?`
        : `"${step}" waits to be confirmed`;
    const asked = { id, reason: waitingFor, message, responseSchema: RESPONSE_SCHEMA };
    return { type: "interrupt", interrupts: [asked] };
  }

  #ofCall(item: Approval): Interrupt {
    const { step, call, messageId, round } = item;
    const asked = { turnId: this.#turnId, step, toolCallId: call.toolCallId };
    return {
      id: interruptId(asked, `${messageId}.${round}.${call.index}`),
      reason: "approval",
      message: `May ${call.name} be called?`,
      toolCallId: this.#callId(item),
      responseSchema: RESPONSE_SCHEMA,
    };
  }

  /** A new attempt asks anew for what it does not keep. */
  #drop({ messageId, keptRounds }: ItemOf<"attempt">): void {
    for (const [id, item] of this.#approvals) {
      if (item.messageId === messageId && item.round >= keptRounds) this.#approvals.delete(id);
    }
    if (keptRounds === 0) this.#clients.clear();
  }

  #callId(place: CallPlace): string {
    return callId(this.#turnId, place);
  }
}
