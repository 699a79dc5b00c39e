import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { Tool } from "../tools/tool-box";

/** Tools as the provider interface takes them, in the same order. */
export function functionTools(tools: readonly Tool[]): LanguageModelV4FunctionTool[] {
  return tools.map(({ name, description, inputSchema }) => ({
    type: "function",
    name,
    ...(description !== undefined && { description }),
    inputSchema,
  }));
}
