import { isFields } from "../../model/wire/json";
import type { Connection } from "./connection";
import { late, McpFault } from "./mcp-fault";
import { NO_SUCH_METHOD } from "./protocol";

const MOST_PAGES = 10;
/** Tools of one server that are looked at, whatever a page may hold. */
const MOST_LISTED = 1000;

/** `tools` as they came; `problem` goes on after the server's name where the list is not whole. */
export type Listed = { tools: unknown[]; problem?: string };

/** The tools of a server, page by page. Throws as `Connection.request` does where there is not one page. */
export async function listTools(connection: Connection, signal: AbortSignal): Promise<Listed> {
  const tools: unknown[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && tools.length <= MOST_LISTED; page++) {
    const listed = await pageAt(cursor, connection, signal).catch((error: unknown) => {
      // A slow list is no reason to lose what was read of it.
      if (signal.aborted && page > 0) return late();
      if (signal.aborted || !(error instanceof McpFault)) throw error;
      return error;
    });
    if (listed instanceof McpFault) {
      if (page === 0) return withoutTools(listed);
      return { tools, problem: `${listed.message} after ${tools.length} tools of its list` };
    }
    tools.push(...listed.tools);
    cursor = listed.nextCursor;
    if (cursor === undefined) return { tools: tools.slice(0, MOST_LISTED) };
    // A list that leads back into itself has no end.
    if (seen.has(cursor)) break;
    seen.add(cursor);
  }
  return { tools: tools.slice(0, MOST_LISTED), problem: "has a list of tools that does not end" };
}

function withoutTools(fault: McpFault): Listed {
  if (fault.error?.code === NO_SUCH_METHOD) return { tools: [], problem: "has no tools" };
  throw fault;
}

async function pageAt(cursor: string | undefined, connection: Connection, signal: AbortSignal) {
  const params = cursor === undefined ? {} : { cursor };
  const result = await connection.request({ method: "tools/list", params, signal });
  if (!isFields(result))
    throw new McpFault("no-result", "sends a list of tools that cannot be read");
  const { tools, nextCursor } = result;
  return {
    tools: Array.isArray(tools) ? tools : [],
    nextCursor: typeof nextCursor === "string" && nextCursor !== "" ? nextCursor : undefined,
  };
}
