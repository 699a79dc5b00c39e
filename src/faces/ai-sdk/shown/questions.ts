import type { ItemOf } from "../../turn-view/item";
import { approvalId } from "./approval-id";
import type { ShownPart, ToolPart } from "./part";

/**
 * A wait for a person's word to a whole step is shown as a call of a tool of this name, which is the only
 * thing that the protocol lets a person allow. A wait for calls is told of the calls themselves.
 */
const NAMES = { confirmation: "confirm_step", budget: "go_on_past_budget" } as const;

export function question(
  parts: readonly ShownPart[],
  { waitingFor, step }: ItemOf<"waiting">,
  turnId: string,
): readonly ShownPart[] {
  if (waitingFor !== "confirmation" && waitingFor !== "budget") return parts;
  if (step === undefined || parts.some(isOpen)) return parts;
  const before = parts.filter(isQuestion).length;
  const name = NAMES[waitingFor];
  const asked: ToolPart = {
    kind: "tool",
    round: 0,
    index: before,
    toolCallId: `${name}.${step}.${before}`,
    name,
    input: { step },
    state: "approval-requested",
    isClients: false,
    approval: { id: approvalId({ turnId, step, before }) },
  };
  return [...parts, asked];
}

/** The turn is being worked on: who was asked has said yes. */
export function answered(parts: readonly ShownPart[]): readonly ShownPart[] {
  return parts.some(isOpen) ? parts.map((part) => (isOpen(part) ? yes(part) : part)) : parts;
}

/** The turn is over, or was: who was asked has said no, or nothing. */
export function denied(parts: readonly ShownPart[]): readonly ShownPart[] {
  return parts.some(isOpen) ? parts.map((part) => (isOpen(part) ? no(part) : part)) : parts;
}

function isQuestion(part: ShownPart): part is ToolPart {
  return part.kind === "tool" && part.messageId === undefined;
}

function isOpen(part: ShownPart): part is ToolPart {
  return isQuestion(part) && part.state === "approval-requested";
}

function yes(part: ToolPart): ToolPart {
  const approval = { id: part.toolCallId, ...part.approval, approved: true };
  return { ...part, state: "output-available", output: { approved: true }, approval };
}

function no(part: ToolPart): ToolPart {
  const approval = { id: part.toolCallId, ...part.approval, approved: false };
  return { ...part, state: "output-denied", approval };
}
