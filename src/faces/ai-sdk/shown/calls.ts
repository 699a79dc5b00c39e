import type { ItemOf } from "../../turn-view/item";
import { approvalId } from "./approval-id";
import { uniqueCallId } from "./call-id";
import type { ShownPart, ToolPart } from "./part";

type OfCall = ItemOf<"approval" | "decision" | "call" | "result">;

/** The part of a call after what happened to it; calls of a round stand in their order. */
export function withCall(
  parts: readonly ShownPart[],
  item: OfCall,
  turnId: string,
): readonly ShownPart[] {
  const at = parts.findIndex((part) => isOf(part, item));
  const part = parts[at];
  if (part?.kind === "tool") return parts.with(at, toolAfter(part, item, turnId));
  const { round, call, messageId } = item;
  const { index, toolCallId, name, input } = call;
  const isTaken = (id: string) => parts.some((one) => one.kind === "tool" && one.toolCallId === id);
  const begun: ToolPart = {
    kind: "tool",
    messageId,
    round,
    index,
    toolCallId: uniqueCallId({ round, index, toolCallId }, isTaken),
    name,
    input,
    state: "input-available",
    isClients: false,
  };
  const later = parts.findIndex((one) => isLater(one, begun));
  const next = toolAfter(begun, item, turnId);
  return parts.toSpliced(later < 0 ? parts.length : later, 0, next);
}

function isOf(part: ShownPart, { messageId, round, call }: OfCall): boolean {
  return (
    part.kind === "tool" &&
    part.messageId === messageId &&
    part.round === round &&
    part.index === call.index
  );
}

function isLater(part: ShownPart, { messageId, round, index }: ToolPart): boolean {
  if (!("messageId" in part) || part.messageId !== messageId) return false;
  if (part.kind === "tool" && part.round === round) return part.index > index;
  return "round" in part && part.round > round;
}

function toolAfter(part: ToolPart, item: OfCall, turnId: string): ToolPart {
  switch (item.type) {
    case "approval": {
      const { round, call, step } = item;
      const { index, toolCallId } = call;
      const id = approvalId({ turnId, step, call: { round, index, toolCallId } });
      return { ...part, state: "approval-requested", approval: { id } };
    }
    case "decision": {
      const { approve: approved, note: reason } = item;
      const id = part.approval?.id ?? part.toolCallId;
      const approval = { id, approved, ...(reason !== undefined && { reason }) };
      return { ...part, state: "approval-responded", approval };
    }
    case "call":
      return { ...part, isClients: item.where === "client" };
    case "result":
      return ended(part, item.outcome);
  }
}

function ended(part: ToolPart, outcome: ItemOf<"result">["outcome"]): ToolPart {
  const { output, error, refused } = outcome;
  if (refused) {
    const approval = { id: part.toolCallId, ...part.approval, approved: false };
    return { ...part, state: "output-denied", approval };
  }
  if (error !== undefined) return { ...part, state: "output-error", errorText: error };
  return { ...part, state: "output-available", output: output ?? null };
}
