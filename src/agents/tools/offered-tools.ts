import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { ClientTool } from "../../protocol/tools/tool-use";
import { estimateTokens } from "../model/tokens";
import type { ToolBox } from "./tool-box";

/** A box with the tools that the turn's sender carries out beside its own; those are never called here. */
export function withClientTools(
  box: ToolBox,
  clientTools: readonly ClientTool[],
  warn: (message: string) => void,
): ToolBox {
  const taken = new Set(box.definitions.map(({ name }) => name));
  const free = clientTools.filter(({ name }) => !taken.has(name));
  for (const { name } of clientTools) {
    if (taken.has(name))
      warn(`A server's tool is called ${name}: the client's of that name is left out.`);
  }
  if (free.length === 0) return box;
  const definitions = [...box.definitions, ...free.map(definitionOf)];
  const tokens = box.tokens + estimateTokens(JSON.stringify(free));
  return {
    definitions,
    tokens,
    rulesOf: (name) => box.rulesOf(name),
    call: (...called) => box.call(...called),
    close: () => box.close(),
  };
}

function definitionOf({ name, description, inputSchema }: ClientTool): LanguageModelV4FunctionTool {
  return {
    type: "function",
    name,
    ...(description !== undefined && { description }),
    inputSchema,
  };
}
