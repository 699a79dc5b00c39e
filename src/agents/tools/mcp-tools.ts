import type { LanguageModelV4FunctionTool } from "@ai-sdk/provider";
import type { AgentConfig } from "../../resources/agent";
import { shownLine } from "../model/shown-text";
import { estimateTokens } from "../model/tokens";
import { within } from "../within";
import {
  closeClient,
  connectServer,
  type McpDoors,
  type McpServer,
  ServerUnavailable,
  type ToolDefinition,
} from "./mcp-server";
import type { ToolBox, ToolCall, ToolOutcome, ToolRules } from "./tool-box";
import { toolNames } from "./tool-names";
import { ToolRoom } from "./tool-room";
import { toolFailed, toolText } from "./tool-text";

/** How long one call of a tool may take. */
const CALL_MS = 60_000;
/** Calls in one attempt: a model in a loop must not flood a server. */
const MOST_CALLS = 64;
const MOST_SERVERS = 16;
const MOST_TOOLS = 128;

type Offered = { server: string; name: string; definition: ToolDefinition; from: McpServer };

/**
 * The tools of a ghost's MCP servers, for one attempt of a step (requirement A5). What cannot be
 * used is left out and reported, and ends nothing. Must be closed.
 */
export class McpTools implements ToolBox {
  readonly definitions: LanguageModelV4FunctionTool[] = [];
  readonly #calls = new Map<string, Made>();
  #warn: (message: string) => void = () => undefined;
  readonly #servers: McpServer[] = [];
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

  /** Tokens of the window that the tools take or may take. */
  get tokens(): number {
    return this.definitions.length === 0 ? 0 : this.#tokens + this.#definitionTokens;
  }

  /** `warn` is told what is left out, and why. */
  async connect(
    configs: AgentConfig["mcpServers"],
    warn: (message: string) => void,
  ): Promise<void> {
    this.#warn = (message) => warn(shownLine(message, 500));
    const entries = Object.entries(configs);
    if (entries.length > MOST_SERVERS) this.#warn(`Only ${MOST_SERVERS} MCP servers are used.`);
    const offered = await Promise.all(
      entries.slice(0, MOST_SERVERS).map(([name, config]) => this.#connect(name, config)),
    );
    this.#offer(offered.flat());
  }

  close(): void {
    const { hold = () => undefined } = this.#doors;
    for (const { client } of this.#servers.splice(0)) hold(closeClient(client));
  }

  async #connect(server: string, config: AgentConfig["mcpServers"][string]): Promise<Offered[]> {
    try {
      const from = await connectServer(config, this.#doors);
      this.#servers.push(from);
      return from.tools.map((definition) => ({ server, name: definition.name, definition, from }));
    } catch (error) {
      const why = error instanceof ServerUnavailable ? `: it ${error.message}` : "";
      this.#warn(`The MCP server ${server} is not available${why}. Its tools are left out.`);
      return [];
    }
  }

  #offer(offered: readonly Offered[]): void {
    const names = toolNames(offered);
    for (const [index, item] of offered.entries()) {
      const tokens = estimateTokens(JSON.stringify(item.definition));
      const full = index >= MOST_TOOLS || this.#tokens + tokens > this.#definitionTokens;
      if (full) {
        this.#warn(`There is no room for ${offered.length - index} tools: ${item.name} and on.`);
        return;
      }
      this.#tokens += tokens;
      this.#add(names[index] ?? item.name, item);
    }
  }

  #add(name: string, { definition, from }: Offered): void {
    const made = from.client.toolsFromDefinitions({ tools: [definition] })[definition.name];
    if (!made) return;
    this.definitions.push({
      type: "function",
      name,
      ...(definition.description !== undefined && { description: definition.description }),
      inputSchema: definition.inputSchema as LanguageModelV4FunctionTool["inputSchema"],
    });
    this.#calls.set(name, (input, options) => Promise.resolve(made.execute(input, options)));
  }

  /** Until servers say more of their tools. */
  rulesOf(name: string): ToolRules | undefined {
    return this.#calls.has(name) ? { needsApproval: false, mayRepeat: false } : undefined;
  }

  async call({ name, input, toolCallId }: ToolCall, signal: AbortSignal): Promise<ToolOutcome> {
    const made = this.#calls.get(name);
    if (!made) return { error: `There is no tool ${shownLine(name, 100)}.` };
    if (++this.#made > MOST_CALLS) return { error: "There were too many calls of tools." };
    try {
      const answer = await within(CALL_MS, signal, (abortSignal) =>
        made(input, { toolCallId, abortSignal, messages: [], context: {} }),
      );
      return { output: this.#room.fit(toolText(answer)) };
    } catch (error) {
      return { error: toolFailed(error).message };
    }
  }
}

type Made = (
  input: unknown,
  options: { toolCallId: string; abortSignal: AbortSignal; messages: []; context: object },
) => Promise<unknown>;
