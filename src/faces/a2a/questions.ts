import type { JsonObject } from "../../protocol/json";
import type { ItemOf } from "../turn-view/item";

type Approval = ItemOf<"approval">;

/** The calls of a turn that wait for a person's word. */
export class Questions {
  #open: Approval[] = [];

  get open(): readonly Approval[] {
    return this.#open;
  }

  ask(item: Approval): void {
    this.#open.push(item);
  }

  answer({ messageId, round, call }: ItemOf<"decision">): void {
    this.#open = this.#open.filter(
      (one) => one.messageId !== messageId || one.round !== round || one.call.index !== call.index,
    );
  }

  /** What was asked in an attempt that is void, or before the turn went on. */
  clear(): void {
    this.#open = [];
  }
}

const WORDS: Record<ItemOf<"waiting">["waitingFor"], string> = {
  confirmation: "Waiting for a yes before this step",
  budget: "Waiting for a yes to spend more than the limit",
  approval: "Waiting for a yes to calls of tools",
  "client-tool": "Waiting for the client that carries out a tool; it is not this protocol's",
};

/** What is waited for, in words and as data. */
export function asked(
  { waitingFor, step }: ItemOf<"waiting">,
  open: readonly Approval[],
): { text: string; data: JsonObject } {
  const calls = open.map(({ call: { toolCallId, name, input } }) => ({ toolCallId, name, input }));
  const about = calls.length > 0 ? calls.map(({ name }) => name).join(", ") : step;
  const how = waitingFor === "client-tool" ? "" : '. Answer "yes" or "no" in this task.';
  return {
    text: `${WORDS[waitingFor]}${about ? `: ${about}` : ""}${how}`,
    data: { waitingFor, ...(step !== undefined && { step }), ...(calls.length > 0 && { calls }) },
  };
}
