import type { CallToolResult, InputRequiredResult } from "@modelcontextprotocol/server";
import type { ArgumentsOf, ToolName } from "../../../operations/mcp/tools";
import type { Call } from "../call";

export type ToolResult = CallToolResult | InputRequiredResult;

/** What carries out each tool; throws a `RefusedRequest` where it is refused. */
export type Tools = {
  [Name in ToolName]: (given: ArgumentsOf<Name>, call: Call) => Promise<ToolResult>;
};
