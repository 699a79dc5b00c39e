import type { JsonValue } from "../../protocol/json";
import type { Usage } from "../../protocol/usage";
import type { ShownFile } from "../files/shown-file";

/** What a message of the client's is told of its making. */
export type UiMetadata = {
  taskId: string;
  turnId?: string;
  /** Of the turn's first event in the task's log, or of the message where it has no turn. */
  seq?: number;
  status?: string;
  usage?: Usage;
};

/** A file of an answer; the protocol has no place of its own for a name here. */
export type UiFile = {
  url: string;
  mediaType: string;
  providerMetadata: { taskroom: { fileId: string; name: string; size: number } };
};

export function uiFile({ id: fileId, name, mediaType, size, url }: ShownFile): UiFile {
  return { url, mediaType, providerMetadata: { taskroom: { fileId, name, size } } };
}

type FinishReason =
  | "stop"
  | "length"
  | "content-filter"
  | "tool-calls"
  | "error"
  | "interrupted"
  | "other";

/** The chunks of a UI message stream (`ai` 7) that this face writes. */
export type UiChunk =
  | { type: "start"; messageId: string; messageMetadata: UiMetadata }
  | { type: "start-step" | "finish-step" | "reset-step" }
  | { type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end"; id: string }
  | { type: "text-delta" | "reasoning-delta"; id: string; delta: string }
  | {
      type: "tool-input-available";
      toolCallId: string;
      toolName: string;
      input: JsonValue;
      dynamic?: true;
      providerExecuted?: true;
    }
  | { type: "tool-approval-request"; approvalId: string; toolCallId: string }
  | { type: "tool-approval-response"; approvalId: string; approved: boolean; reason?: string }
  | {
      type: "tool-output-available";
      toolCallId: string;
      output: JsonValue;
      providerExecuted: true;
    }
  | { type: "tool-output-error"; toolCallId: string; errorText: string; providerExecuted: true }
  | { type: "tool-output-denied"; toolCallId: string }
  | ({ type: "file" } & UiFile)
  | { type: "steering-message"; id: string; parts: { type: "text"; text: string }[] }
  | { type: `data-${string}`; data: JsonValue; transient: true }
  | { type: "abort"; reason?: string }
  | { type: "error"; errorText: string }
  | { type: "finish"; finishReason: FinishReason; messageMetadata: UiMetadata };

export type { FinishReason };
