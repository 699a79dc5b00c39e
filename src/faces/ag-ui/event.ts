import type { JsonValue } from "../../protocol/json";
import type { Usage } from "../../protocol/usage";

export type AgUiCall = {
  id: string;
  type: "function";
  function: { name: string /** JSON. */; arguments: string };
};

/** A part of a user's message: its words, or a file by its address. */
export type AgUiPart =
  | { type: "text"; text: string }
  | {
      type: "image" | "audio" | "video" | "document";
      source: { type: "url"; value: string; mimeType: string };
      metadata: { filename: string };
    };

/** The messages of AG-UI 1.0 that this face writes. */
export type AgUiMessage =
  | { id: string; role: "user" | "system"; content: string | AgUiPart[]; name?: string }
  | { id: string; role: "assistant"; content?: string; toolCalls?: readonly AgUiCall[] }
  | { id: string; role: "reasoning"; content: string }
  | { id: string; role: "tool"; toolCallId: string; content: string };

/** A message that the client had, as it sent it, or one of ours. */
export type AnyMessage = { id: string; role: string; [member: string]: unknown };

export type Interrupt = {
  id: string;
  reason: string;
  message: string;
  toolCallId?: string;
  /** A JSON Schema of the payload that answers. */
  responseSchema: { [member: string]: JsonValue };
};

export type RunOutcome =
  | { type: "success"; pendingToolCallIds?: string[] }
  | { type: "interrupt"; interrupts: Interrupt[] }
  | { type: "cancelled" };

type OfMessage<Type extends string> = { type: Type; messageId: string };
type OfCall<Type extends string> = { type: Type; toolCallId: string };

/** The events of AG-UI 1.0 that this face writes. */
export type AgUiEvent =
  | { type: "RUN_STARTED"; threadId: string; runId: string }
  | {
      type: "RUN_FINISHED";
      threadId: string;
      runId: string;
      /** Left out where the client knows no such outcome: it reads that as success. */
      outcome?: RunOutcome;
      usage?: Usage[];
    }
  | { type: "RUN_ERROR"; message: string; code: string; usage?: Usage[] }
  | { type: "STEP_STARTED" | "STEP_FINISHED"; stepName: string }
  | (OfMessage<"TEXT_MESSAGE_START"> & { role: "assistant" })
  | (OfMessage<"TEXT_MESSAGE_CONTENT" | "REASONING_MESSAGE_CONTENT"> & { delta: string })
  | OfMessage<"TEXT_MESSAGE_END" | "REASONING_START" | "REASONING_MESSAGE_END" | "REASONING_END">
  | (OfMessage<"REASONING_MESSAGE_START"> & { role: "reasoning" })
  | (OfCall<"TOOL_CALL_START"> & { toolCallName: string; parentMessageId: string })
  | (OfCall<"TOOL_CALL_ARGS"> & { delta: string })
  | OfCall<"TOOL_CALL_END">
  | (OfCall<"TOOL_CALL_RESULT"> & { messageId: string; content: string; role: "tool" })
  | { type: "MESSAGES_SNAPSHOT"; messages: readonly AnyMessage[] }
  | { type: "CUSTOM"; name: string; value: JsonValue };
