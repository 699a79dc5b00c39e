import type { JsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { AgentConfig } from "../../resources/agent";
import { shownLine } from "../model/shown-text";
import { estimateTokens } from "../model/tokens";
import { isFields } from "../model/wire/json";
import { callTool } from "./mcp/call-tool";
import type { Connection } from "./mcp/connection";
import { connectServer, type McpDoors, ServerUnavailable } from "./mcp-server";
import {
  type CallOptions,
  MOST_TOOLS,
  type NamedTool,
  type Tool,
  type ToolBox,
  type ToolGave,
} from "./tool-box";
import { readTools, type ToolDefinition } from "./tool-definition";
import { toolFiles } from "./tool-files";
import { toolNames } from "./tool-names";
import { ToolRoom } from "./tool-room";
import { toolFailed, toolText } from "./tool-text";

/** Calls in one attempt: a model in a loop must not flood a server. */
const MOST_CALLS = 64;
const MOST_SERVERS = 16;
/** Tools of one server that are said to be left out, one by one. */
const MOST_NAMED = 10;
const NAME_UNITS = 100;

type ServerConfig = AgentConfig["mcpServers"][string];
type Found = { server: string; definition: ToolDefinition; connection: Connection };
type Offered = Found & { tool: Tool };

/**
 * The tools of a ghost's MCP servers, for one attempt of a step (requirement A5). What cannot be
 * used is left out and reported, and ends nothing. Must be closed.
 */
export class McpTools implements ToolBox {
  readonly #offered: Offered[] = [];
  #warn: (message: string) => void = () => undefined;
  readonly #connections: Connection[] = [];
  readonly #doors: McpDoors;
  readonly #room: ToolRoom;
  readonly #definitionTokens: number;
  #tokens = 0;
  #made = 0;

  /** `window`: tokens of the model's; a quarter is for definitions and a quarter for answers. */
  constructor(window: number, doors: McpDoors) {
    this.#doors = doors;
    this.#definitionTokens = Math.floor(window / 4);
    this.#room = new ToolRoom(Math.floor(window / 4));
  }

  get tools(): readonly Tool[] {
    return this.#offered.map(({ tool }) => tool);
  }

  /** Tokens of the window that the tools take or may take. */
  get tokens(): number {
    return this.#offered.length === 0 ? 0 : this.#tokens + this.#definitionTokens;
  }

  /** `warn` is told what is left out, and why. */
  async connect(
    configs: AgentConfig["mcpServers"],
    warn: (message: string) => void,
  ): Promise<void> {
    this.#warn = (message) => warn(shownLine(message, 500));
    const entries = Object.entries(configs);
    if (entries.length > MOST_SERVERS) this.#warn(`Only ${MOST_SERVERS} MCP servers are used.`);
    const used = entries.slice(0, MOST_SERVERS);
    const found = await Promise.all(used.map(([name, config]) => this.#connect(name, config)));
    this.#offer(found.flat(), configs);
  }

  async call(name: string, input: JsonValue, options: CallOptions): Promise<ToolGave> {
    const offered = this.#offered.find(({ tool }) => tool.name === name);
    if (!offered) return { error: `There is no tool ${shownLine(name, NAME_UNITS)}.` };
    if (!isFields(input)) return { error: "The arguments of the call are not an object." };
    if (++this.#made > MOST_CALLS) return { error: "There were too many calls of tools." };
    const { connection, definition, tool } = offered;
    const timeoutMs = tool.server?.rules.timeoutMs ?? LIMITS.defaultToolCallMs;
    try {
      const { descent } = this.#doors;
      const called = { ...definition, connection, timeoutMs, descent };
      const answer = await callTool(called, input, options);
      const output = this.#room.fit(toolText(answer));
      const files = toolFiles(answer, name);
      return files.length > 0 ? { output, files } : { output };
    } catch (error) {
      return { error: toolFailed(error).message };
    }
  }

  leaveOut({ index, name }: NamedTool): Tool | undefined {
    const named = this.#offered.findIndex(({ tool }) => tool.name === name);
    const at = named < 0 ? (index ?? -1) : named;
    return at < 0 ? undefined : this.#offered.splice(at, 1)[0]?.tool;
  }

  close(): void {
    const { hold = () => undefined } = this.#doors;
    for (const connection of this.#connections.splice(0)) hold(connection.close());
  }

  async #connect(server: string, config: ServerConfig): Promise<Found[]> {
    try {
      const { connection, listed } = await connectServer(config, this.#doors);
      this.#connections.push(connection);
      if (listed.problem) this.#warn(`The MCP server ${server} ${listed.problem}.`);
      const definitions = this.#read(server, listed.tools, connection.isStateless);
      return definitions.map((definition) => ({ server, definition, connection }));
    } catch (error) {
      const why = error instanceof ServerUnavailable ? `: it ${error.message}` : "";
      this.#warn(`The MCP server ${server} is not available${why}. Its tools are left out.`);
      return [];
    }
  }

  #read(server: string, tools: readonly unknown[], isStateless: boolean): ToolDefinition[] {
    const read = readTools(tools, isStateless);
    const unusable = read.filter((one) => "leftOut" in one);
    for (const { name, leftOut } of unusable.slice(0, MOST_NAMED)) {
      const named = shownLine(name, NAME_UNITS);
      this.#warn(`The tool ${named} of the MCP server ${server} is left out: ${leftOut}.`);
    }
    const more = unusable.length - MOST_NAMED;
    if (more > 0) this.#warn(`${more} more tools of the MCP server ${server} are left out.`);
    return read.flatMap((one) => ("tool" in one ? [one.tool] : []));
  }

  #offer(found: readonly Found[], configs: AgentConfig["mcpServers"]): void {
    const names = toolNames(found.map(({ server, definition: { name } }) => ({ server, name })));
    for (const [index, item] of found.entries()) {
      const tool = toolOf(item, names[index] ?? item.definition.name, configs[item.server]);
      const tokens = estimateTokens(JSON.stringify([tool.description, tool.inputSchema]));
      const isFull = index >= MOST_TOOLS || this.#tokens + tokens > this.#definitionTokens;
      if (isFull) {
        const first = shownLine(item.definition.name, NAME_UNITS);
        this.#warn(`There is no room for ${found.length - index} tools: ${first} and on.`);
        return;
      }
      this.#tokens += tokens;
      this.#offered.push({ ...item, tool });
    }
  }
}

function toolOf({ server, definition }: Found, name: string, config?: ServerConfig): Tool {
  const { description, inputSchema, annotations } = definition;
  const { url, headers, ...rules } = config ?? { url: "", headers: {} };
  return {
    ...{ name, inputSchema, annotations },
    ...(description !== undefined && { description }),
    server: { name: server, tool: definition.name, rules },
  };
}
