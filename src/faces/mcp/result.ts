import type { CallToolResult } from "@modelcontextprotocol/server";
import type { Refusal } from "../../protocol/errors";
import type { AppContext } from "../../worker/context";
import { countRefusal } from "../../worker/metrics/refusals";
import { refusalOf } from "../../worker/middleware/errors";
import { wordsOf } from "./errors";

/** What a tool gives: words for whoever reads words, and the same as data. */
export function toolGave(text: string, structuredContent: Record<string, unknown>): CallToolResult {
  return { content: [{ type: "text", text }], structuredContent };
}

/** A call that is refused or failed; a model may read it, and do otherwise (MCP, tool execution errors). */
export function toolFailed(error: unknown, c: AppContext): CallToolResult {
  const refusal = refusalOf(error, c);
  countRefusal(c, refusal.code);
  return { content: [{ type: "text", text: textOf(refusal) }], isError: true };
}

function textOf(refusal: Refusal): string {
  const { code, requestId, retryAfterMs } = refusal;
  const wait =
    retryAfterMs === undefined ? "" : ` Try again in ${Math.ceil(retryAfterMs / 1000)} s.`;
  const request = requestId === undefined ? "" : ` (request ${requestId})`;
  return `${code}: ${wordsOf(refusal)}${request}${wait}`;
}
