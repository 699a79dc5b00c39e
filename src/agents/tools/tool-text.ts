import { MCPClientError } from "@ai-sdk/mcp";
import * as z from "zod";
import { beginningOf, fitsBytes, utf8Bytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import { CUT_MARK } from "../../protocol/tools/shown-value";
import { shownText } from "../model/shown-text";
import { OutOfTime } from "../within";

/** UTF-16 units of a tool's error. */
const ERROR_UNITS = 2000;
const CUT_MARK_BYTES = utf8Bytes(CUT_MARK);

const resource = z.looseObject({ uri: z.string().catch(""), text: z.string().optional() });
const part = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  mimeType: z.string().optional().catch(undefined),
  uri: z.string().optional().catch(undefined),
  resource: resource.optional().catch(undefined),
});
const callResult = z.looseObject({
  content: z.array(part).default([]),
  structuredContent: z.unknown().optional(),
  toolResult: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/** What a tool answered, as the text that a model gets, cut at `LIMITS.toolOutputBytes`. Throws where the tool says that it failed. */
export function toolText(value: unknown): string {
  const { content, structuredContent, toolResult, isError } = callResult.parse(value);
  const data = structuredContent ?? toolResult;
  const text = content.map(partText).join("\n") || (data === undefined ? "" : jsonText(data));
  if (isError) throw new ToolFailed(shownText(text, ERROR_UNITS) || "The tool failed.");
  if (fitsBytes(text, LIMITS.toolOutputBytes)) return text;
  return beginningOf(text, LIMITS.toolOutputBytes - CUT_MARK_BYTES) + CUT_MARK;
}

function partText({ type, text, mimeType, uri, resource }: z.infer<typeof part>): string {
  if (type === "text") return text ?? "";
  if (resource) return resource.text ?? `[${type}: ${resource.uri}]`;
  return `[${[type, mimeType, uri].filter(Boolean).join(": ")}]`;
}

/** A tool failed; the message is for the model and the people in the room. */
export class ToolFailed extends Error {}

/** Why a call failed, without addresses, keys and pages that an error may quote. */
export function toolFailed(error: unknown): ToolFailed {
  if (error instanceof ToolFailed) return error;
  if (error instanceof OutOfTime) return new ToolFailed("The tool did not answer in time.");
  if (MCPClientError.isInstance(error) && error.statusCode !== undefined) {
    return new ToolFailed(`The tool's server answers with HTTP ${error.statusCode}.`);
  }
  // A JSON-RPC error is the tool's own word on the call, such as which argument is wrong.
  if (MCPClientError.isInstance(error) && error.code !== undefined) {
    return new ToolFailed(shownText(error.message, ERROR_UNITS) || "The tool failed.");
  }
  return new ToolFailed("The tool's server is not available.");
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
