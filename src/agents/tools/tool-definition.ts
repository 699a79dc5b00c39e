import type { JsonObject } from "../../protocol/json";
import { type Fields, isFields } from "../model/wire/json";
import { type ParameterHeader, parameterHeaders } from "./mcp/parameter-headers";
import { offeredSchema } from "./schema/offered-schema";
import { Unusable } from "./schema/unusable";
import type { ToolAnnotations } from "./tool-box";

/** A tool of a server's list, as it can be offered and called. */
export type ToolDefinition = {
  /** As the server calls it. */
  name: string;
  description?: string;
  inputSchema: JsonObject;
  annotations: ToolAnnotations;
  parameterHeaders: readonly ParameterHeader[];
};

export type ToolRead = { tool: ToolDefinition } | { name: string; leftOut: string };

const HINTS = ["readOnlyHint", "idempotentHint", "destructiveHint"] as const;

/**
 * The tools of a server's list, each by itself: one that can't be used is left out by its name, or its
 * place, and `leftOut` says why. `isStateless`: the server speaks the revision without sessions.
 */
export function readTools(listed: readonly unknown[], isStateless: boolean): ToolRead[] {
  const names = new Set<string>();
  return listed.map((item, index) => {
    const read = readTool(item, index, isStateless);
    if (!("tool" in read)) return read;
    const { name } = read.tool;
    // The server could not tell which of them is called.
    if (names.has(name)) return { name, leftOut: "it is in the list twice" };
    names.add(name);
    return read;
  });
}

function readTool(item: unknown, index: number, isStateless: boolean): ToolRead {
  const place = `no. ${index + 1}`;
  if (!isFields(item)) return { name: place, leftOut: "it is no tool" };
  const { name } = item;
  if (typeof name !== "string" || name.trim() === "")
    return { name: place, leftOut: "it has no name" };
  if (isTaskOnly(item)) return { name, leftOut: "it can be called as a task only" };
  const headers = isStateless ? parameterHeaders(item.inputSchema) : [];
  if (!headers) return { name, leftOut: "it has an x-mcp-header that is not as MCP has it" };
  try {
    const { schema, note } = offeredSchema(item.inputSchema);
    const description = [descriptionOf(item), note].filter(Boolean).join("\n\n");
    return {
      tool: {
        ...{ name, inputSchema: schema, parameterHeaders: headers },
        annotations: annotationsIn(item.annotations),
        ...(description !== "" && { description }),
      },
    };
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return { name, leftOut: `its schema ${error.message}` };
  }
}

/** MCP 2025-11-25: such a tool answers with a task, which is asked for later. */
function isTaskOnly({ execution }: Fields): boolean {
  return isFields(execution) && execution.taskSupport === "required";
}

function descriptionOf({ description, title }: Fields): string {
  const text = typeof description === "string" && description !== "" ? description : title;
  return typeof text === "string" ? text.toWellFormed() : "";
}

function annotationsIn(value: unknown): ToolAnnotations {
  if (!isFields(value)) return {};
  const told = HINTS.filter((hint) => typeof value[hint] === "boolean");
  return Object.fromEntries(told.map((hint) => [hint, value[hint]]));
}
