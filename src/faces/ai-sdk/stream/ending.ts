import type { Message } from "../../../protocol/message";
import type { ItemOf } from "../../turn-view/item";
import type { FinishReason, UiChunk, UiMetadata } from "../chunk";

const REASONS: readonly FinishReason[] = [
  "stop",
  "length",
  "content-filter",
  "tool-calls",
  "error",
  "other",
];

/**
 * How a turn's stream ends. The client throws at an `error`, and what follows it is not read: it is the
 * last. `interrupted` keeps the client from sending anything by itself.
 */
export function ending(
  { status, reason, error, usage }: ItemOf<"ended">,
  messages: readonly Message[],
  of: UiMetadata,
): UiChunk[] {
  const messageMetadata = { ...of, status, ...(usage && { usage }) };
  const step: UiChunk = { type: "finish-step" };
  if (status === "COMPLETED") {
    return [step, { type: "finish", finishReason: reasonOf(messages), messageMetadata }];
  }
  if (status === "INTERRUPTED") {
    const abort: UiChunk = { type: "abort", ...(reason !== undefined && { reason }) };
    return [step, abort, { type: "finish", finishReason: "interrupted", messageMetadata }];
  }
  const finish: UiChunk = { type: "finish", finishReason: "error", messageMetadata };
  return [step, finish, { type: "error", errorText: error?.message ?? "The turn failed." }];
}

function reasonOf(messages: readonly Message[]): FinishReason {
  const said = messages.at(-1)?.metadata.finishReason;
  return REASONS.find((reason) => reason === said) ?? "stop";
}
