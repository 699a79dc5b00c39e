import type { JsonValue } from "../../protocol/json";
import { type UiFile, type UiMetadata, uiFile } from "./chunk";
import type { ShownPart, ToolPart } from "./shown/part";

type UiPart =
  | { type: "step-start" }
  | { type: "text"; text: string; state?: "streaming" | "done" }
  | { type: "reasoning"; id: string; text: string; state: "streaming" | "done" }
  | { type: "steering-message"; id: string; parts: { type: "text"; text: string }[] }
  | ({ type: "file"; filename?: string } & Omit<UiFile, "providerMetadata"> & Partial<UiFile>)
  | UiToolPart;

type UiToolPart = {
  type: string;
  toolName?: string;
  toolCallId: string;
  state: ToolPart["state"];
  input: JsonValue;
  output?: JsonValue;
  errorText?: string;
  providerExecuted?: true;
  approval?: { id: string; approved?: boolean; reason?: string };
};

/** A message as the client keeps it (`UIMessage` of `ai` 7). */
export type UiMessage = {
  id: string;
  role: "user" | "assistant" | "system";
  parts: UiPart[];
  metadata: UiMetadata;
};

/** The parts that a client has made of a turn's chunks. */
export function uiParts(parts: readonly ShownPart[]): UiPart[] {
  return [{ type: "step-start" }, ...parts.map(uiPart)];
}

function uiPart(part: ShownPart): UiPart {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text, state: stateOf(part) };
    case "reasoning": {
      const id = `${part.messageId}.${part.round}`;
      return { type: "reasoning", id, text: part.text, state: stateOf(part) };
    }
    case "steering":
      return {
        type: "steering-message",
        id: part.id,
        parts: [{ type: "text", text: part.text }],
      };
    case "file":
      return { type: "file", ...uiFile(part.file) };
    case "tool":
      return toolPart(part);
  }
}

function stateOf({ isDone }: { isDone: boolean }): "streaming" | "done" {
  return isDone ? "done" : "streaming";
}

function toolPart(part: ToolPart): UiToolPart {
  const { toolCallId, name, state, input, isClients, output, errorText, approval } = part;
  const isOver = state === "output-available" || state === "output-error";
  return {
    ...(isClients ? { type: `tool-${name}` } : { type: "dynamic-tool", toolName: name }),
    toolCallId,
    state,
    input,
    ...(output !== undefined && { output }),
    ...(errorText !== undefined && { errorText }),
    ...((!isClients || isOver) && { providerExecuted: true }),
    ...(approval && { approval }),
  };
}
