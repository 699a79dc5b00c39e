import type { ClientTool } from "../../protocol/tools/tool-use";
import { estimateTokens } from "../model/tokens";
import { MOST_TOOLS, type NamedTool, type Tool, type ToolBox } from "./tool-box";

/** A box with the tools beside its own that the turn's sender carries out; those are never called here. */
export function withClientTools(
  box: ToolBox,
  clientTools: readonly ClientTool[],
  warn: (message: string) => void,
): ToolBox {
  const taken = new Set(box.tools.map(({ name }) => name));
  for (const { name } of clientTools) {
    if (taken.has(name))
      warn(`A server's tool is called ${name}: the client's of that name is left out.`);
  }
  const own: Tool[] = clientTools
    .filter(({ name }) => !taken.has(name))
    .map(({ description, ...tool }) => ({
      ...tool,
      ...(description !== undefined && { description }),
      annotations: {},
    }));
  const [first] = own.splice(Math.max(0, MOST_TOOLS - box.tools.length));
  if (first) warn(`There is no room for more tools: the client's ${first.name} and on.`);
  if (own.length === 0) return box;
  const tokens = estimateTokens(JSON.stringify(own));
  return {
    get tools() {
      return [...box.tools, ...own];
    },
    get tokens() {
      return box.tokens + tokens;
    },
    call: (...called) => box.call(...called),
    leaveOut: (named) => box.leaveOut(named) ?? leftOut(own, named, box.tools.length),
    close: () => box.close(),
  };
}

/** Whoever counts the tools counts these after the box's. */
function leftOut(own: Tool[], { index = -1, name }: NamedTool, before: number): Tool | undefined {
  const named = own.findIndex((tool) => tool.name === name);
  const at = named < 0 ? index - before : named;
  return at < 0 ? undefined : own.splice(at, 1)[0];
}
