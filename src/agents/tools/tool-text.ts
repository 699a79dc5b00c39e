import { beginningOf, fitsBytes, utf8Bytes } from "../../protocol/bytes";
import { LIMITS } from "../../protocol/limits";
import { CUT_MARK } from "../../protocol/tools/shown-value";
import { shownText } from "../model/shown-text";
import { type Fields, isFields, listOf } from "../model/wire/json";
import { OutOfTime } from "../within";
import { McpFault } from "./mcp/mcp-fault";

/** UTF-16 units of a tool's error. */
const ERROR_UNITS = 2000;
const CUT_MARK_BYTES = utf8Bytes(CUT_MARK);

/** Of the protocol, and nothing of what a tool found. */
const OF_PROTOCOL = ["_meta", "isError", "resultType", "content"];

/**
 * What a tool answered, as the text that a model gets, cut at `LIMITS.toolOutputBytes`: whatever words
 * or data there are in it. Throws `ToolFailed` where the tool says so, or asks for what nobody gives.
 */
export function toolText(value: unknown): string {
  // Texts that a server has cut may end in half of a character.
  const text = textOf(value).toWellFormed();
  if (isFields(value)) {
    const { isError, resultType } = value;
    if (isError === true || isError === "true") throw failed(text);
    if (resultType === "input_required")
      throw new ToolFailed("The tool asks back, and nobody here answers it.");
  }
  if (fitsBytes(text, LIMITS.toolOutputBytes)) return text;
  return beginningOf(text, LIMITS.toolOutputBytes - CUT_MARK_BYTES) + CUT_MARK;
}

function textOf(value: unknown): string {
  if (!isFields(value)) return Array.isArray(value) ? contentText(value) : plainText(value);
  const { content, structuredContent, toolResult } = value;
  const said = contentText(content);
  if (said !== "") return said;
  const data = structuredContent ?? toolResult;
  if (data !== undefined) return plainText(data);
  if (content !== undefined && content !== null) return "";
  const rest = Object.entries(value).filter(([key]) => !OF_PROTOCOL.includes(key));
  return rest.length === 0 ? "" : plainText(Object.fromEntries(rest));
}

function contentText(content: unknown): string {
  return listOf(content).map(partText).join("\n");
}

function partText(part: unknown): string {
  if (!isFields(part)) return plainText(part);
  const { type, text, resource } = part;
  if (typeof text === "string" && (type === "text" || type === undefined)) return text;
  const inner = isFields(resource) ? resource : part;
  if (typeof inner.text === "string") return inner.text;
  if (type === undefined) return plainText(part);
  if (type === "text") return plainText(text);
  return `[${[type, ...placeOf(inner, part)].filter((word) => typeof word === "string").join(": ")}]`;
}

/** Where what is no text can be found: bytes are of no use to a model that reads. */
function placeOf({ uri }: Fields, { mimeType }: Fields): unknown[] {
  return [mimeType, uri].filter((word) => word !== "");
}

function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** A tool failed; the message is for the model and the people in the room. */
export class ToolFailed extends Error {}

/** Why a call failed, without addresses, keys and pages that an error may quote. */
export function toolFailed(error: unknown): ToolFailed {
  if (error instanceof ToolFailed) return error;
  if (error instanceof OutOfTime) return new ToolFailed("The tool did not answer in time.");
  if (!(error instanceof McpFault)) return new ToolFailed("The tool's server is not available.");
  // A JSON-RPC error is the tool's own word on the call, such as which argument is wrong.
  return error.error
    ? failed(error.error.message)
    : new ToolFailed(`The tool's server ${error.message}.`);
}

function failed(text: string): ToolFailed {
  const shown = shownText(withoutStack(text).toWellFormed(), ERROR_UNITS);
  return new ToolFailed(shown || "The tool failed.");
}

// Lines of a stack as V8, Java and Python write them.
const STACK_LINES =
  /^[ \t]*(?:at [^\n]{1,400}[(:][^\n]{0,400}:\d+\)?(?::\d+\)?)?|File "[^"\n]{1,400}", line \d+[^\n]{0,200}|Traceback \(most recent call last\):)[ \t]*$\n?/gm;

/** Where in somebody's program it went wrong helps neither a model nor the people. */
function withoutStack(text: string): string {
  return text.slice(0, 10 * ERROR_UNITS).replace(STACK_LINES, "");
}
