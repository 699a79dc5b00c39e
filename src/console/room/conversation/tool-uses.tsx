import type { Message } from "../../../client";

export type ToolUse = {
  toolCallId: string;
  name: string;
  input?: unknown;
  output?: unknown;
  error?: string;
};

/** What an answer's making called, as its metadata keeps it. */
export function toolsOf({ role, metadata }: Message): ToolUse[] {
  const { tools } = metadata;
  return role === "assistant" && Array.isArray(tools) ? tools.flatMap(asToolUse) : [];
}

function asToolUse(value: unknown): ToolUse[] {
  if (typeof value !== "object" || value === null) return [];
  const field = (name: string): unknown => Reflect.get(value, name);
  const [toolCallId, name, error] = [field("toolCallId"), field("name"), field("error")];
  if (typeof toolCallId !== "string" || typeof name !== "string") return [];
  const failure = typeof error === "string" ? { error } : {};
  return [{ toolCallId, name, input: field("input"), output: field("output"), ...failure }];
}

export function ToolUses({ tools }: { tools: readonly ToolUse[] }) {
  if (tools.length === 0) return null;
  return (
    <ul class="plain-list tools">
      {tools.map(({ toolCallId, name, input, output, error }) => (
        <li key={toolCallId}>
          <details class="thinking">
            <summary>
              Tool <code>{name}</code> {error ? "failed" : output === undefined ? "…" : "✓"}
            </summary>
            <pre>{JSON.stringify(input, null, 2)}</pre>
            {error ? <p class="issue">{error}</p> : <pre>{outputText(output)}</pre>}
          </details>
        </li>
      ))}
    </ul>
  );
}

function outputText(output: unknown): string {
  return typeof output === "string" ? output : JSON.stringify(output, null, 2);
}
