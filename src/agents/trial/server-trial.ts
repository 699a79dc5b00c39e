import type { AgentConfig } from "../../resources/agent";
import type { Trial } from "../../resources/trial";
import type { Doors } from "../doors";
import { shownLine } from "../model/shown-text";
import { openedHeaders } from "../team/opened-config";
import { connectServer, ServerUnavailable } from "../tools/mcp-server";
import { readTools } from "../tools/tool-definition";

const NAME_UNITS = 100;
/** It is asked for itself, by no turn. */
const descent = { depth: 1, tasks: [] };

type Tried = Omit<Trial, "durationMs">;

/** Connects to a server of tools and asks for their names. */
export async function tryToolServer(
  server: AgentConfig["mcpServers"][string],
  doors: Doors,
): Promise<Trial> {
  const begun = Date.now();
  const tried = await outcomeOf(server, doors);
  return { ...tried, durationMs: Date.now() - begun };
}

async function outcomeOf(
  server: AgentConfig["mcpServers"][string],
  { settings, unseal }: Doors,
): Promise<Tried> {
  const headers = await openedHeaders(server.headers, unseal);
  if (!headers) return { ok: false, message: "Its stored headers cannot be opened." };
  const { signal } = new AbortController();
  try {
    const found = await connectServer({ ...server, headers }, { settings, signal, descent });
    await found.connection.close();
    return toolsOf(found);
  } catch (error) {
    if (!(error instanceof ServerUnavailable)) throw error;
    const { message, httpStatus } = error;
    const status = httpStatus === undefined ? {} : { httpStatus };
    return { ok: false, message: `The server ${message}.`, ...status };
  }
}

function toolsOf({ connection, listed }: Awaited<ReturnType<typeof connectServer>>): Tried {
  const read = readTools(listed.tools, connection.isStateless);
  const tools = read.flatMap((one) =>
    "tool" in one ? [shownLine(one.tool.name, NAME_UNITS)] : [],
  );
  const leftOut = read.length - tools.length;
  const said = [
    `The server offers ${tools.length} ${tools.length === 1 ? "tool" : "tools"} that can be used.`,
    ...(leftOut > 0 ? [`${leftOut} more can't be.`] : []),
    ...(listed.problem ? [`It ${listed.problem}.`] : []),
  ];
  return { ok: true, message: said.join(" "), tools };
}
