import type { Link } from "../../files/links";
import type { Call, CallOutcome } from "../../turn-view/item";

export type ItemStatus = "in_progress" | "completed" | "incomplete";

type Citation = {
  type: "url_citation";
  url: string;
  title: string;
  start_index: number;
  end_index: number;
};
type TextPart = { type: "output_text"; text: string; annotations: Citation[]; logprobs: [] };
type ReasoningPart = { type: "reasoning_text"; text: string };

export type MessageItem = {
  type: "message";
  id: string;
  role: "assistant";
  status: ItemStatus;
  content: TextPart[];
};
export type ReasoningItem = {
  type: "reasoning";
  id: string;
  status: ItemStatus;
  summary: [];
  content: ReasoningPart[];
};
export type CallItem = {
  type: "mcp_call";
  id: string;
  server_label: string;
  name: string;
  arguments: string;
  status: ItemStatus | "failed";
  output: string | null;
  error: { type: "mcp_tool_execution_error"; content: { type: "text"; text: string }[] } | null;
};
export type ApprovalItem = {
  type: "mcp_approval_request";
  id: string;
  server_label: string;
  name: string;
  arguments: string;
};

/** What a response is made of. */
export type OutputItem = MessageItem | ReasoningItem | CallItem | ApprovalItem;
/** What is written bit by bit. */
export type SpokenItem = MessageItem | ReasoningItem;

/** The tools are the team's own: which of its servers has one is nobody's business outside. */
export const SERVER_LABEL = "taskroom";

export function messageItem(id: string): MessageItem {
  return { type: "message", id, role: "assistant", status: "in_progress", content: [] };
}

export function reasoningItem(id: string): ReasoningItem {
  return { type: "reasoning", id, status: "in_progress", summary: [], content: [] };
}

export function textPart(text: string, links: readonly Link[] = []): TextPart {
  const annotations = links.map(({ file: { url, name: title }, start, end }) => {
    const at = { start_index: start, end_index: end };
    return { type: "url_citation" as const, url, title, ...at };
  });
  return { type: "output_text", text, annotations, logprobs: [] };
}

/** The item with this text, as the whole of what it says. */
export function saying<Item extends SpokenItem>(item: Item, text: string): Item {
  const part = item.type === "message" ? textPart(text) : { type: "reasoning_text", text };
  return { ...item, content: [part] };
}

export function callItem(id: string, { name, input }: Call): CallItem {
  return {
    type: "mcp_call",
    id,
    server_label: SERVER_LABEL,
    name,
    arguments: JSON.stringify(input),
    status: "in_progress",
    output: null,
    error: null,
  };
}

/** A call that has given something. */
export function answered(item: CallItem, { output, error }: CallOutcome): CallItem {
  if (error !== undefined) {
    const content = [{ type: "text" as const, text: error }];
    return { ...item, status: "failed", error: { type: "mcp_tool_execution_error", content } };
  }
  const text = typeof output === "string" ? output : JSON.stringify(output ?? null);
  return { ...item, status: "completed", output: text };
}
