import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { JsonValue } from "../../protocol/json";
import type { ToolPlace } from "../../resources/step";

/** One call of a tool, as a model asks for it. */
export type ToolCall = ToolPlace & {
  toolCallId: string;
  name: string;
  input: JsonValue;
  /** The same for every attempt at this very call. */
  idempotencyKey: string;
};

/** What a call gave: text for the model, or why it gave nothing; both are safe to show. */
export type ToolOutcome = { output: string } | { error: string };

export type ToolProgress = { progress?: number; total?: number; message?: string };

/** What is to be known of a tool before it is called. */
export type ToolRules = {
  /** A person is asked before each call. */
  needsApproval: boolean;
  /** A call whose outcome is unknown may be made once more: it changes nothing, or the same thing twice. */
  mayRepeat: boolean;
};

/** The tools that a model is offered in one attempt. */
export type ToolBox = {
  readonly definitions: LanguageModelV4FunctionTool[];
  /** Nothing where there is no such tool. */
  rulesOf(name: string): ToolRules | undefined;
  /** Tokens of the model's window that the tools take or may take. */
  readonly tokens: number;
  /** Never rejects. */
  call(
    call: ToolCall,
    signal: AbortSignal,
    progressed: (progress: ToolProgress) => void,
  ): Promise<ToolOutcome>;
  close(): void;
};
