import { createMcpHandler, McpServer, type ServerContext } from "@modelcontextprotocol/server";
import type { MCP } from "../../operations/mcp/face";
import { type ArgumentsOf, TOOLS, type ToolName } from "../../operations/mcp/tools";
import { describeError, logWarning } from "../../platform/platform-log";
import { LIMITS } from "../../protocol/limits";
import type { AppContext } from "../../worker/context";
import type { Handlers } from "../../worker/serving/handler";
import { Calls } from "./call";
import { mustBeOurs } from "./rebinding";
import { toolFailed } from "./result";
import { stateIn } from "./state";
import type { Tools } from "./tools/handlers";
import { RUN } from "./tools/run";
import { TASKS } from "./tools/tasks";

const INFO = { name: "taskroom", title: "Taskroom", version: "1" };
const INSTRUCTIONS =
  "Teams of agents that work in tasks. A task is a conversation that lasts, and its id is the handle: " +
  "run_team or start_task make one, send_message and run_team go on with it, get_task looks at it.";

const HANDLERS: Tools = { ...RUN, ...TASKS };

type Era = "legacy" | "modern";

export const server: Handlers<typeof MCP.groups.server> = {
  message: {
    before: ({ c }) => mustBeOurs(c),
    /** Each message stands for itself: there are no sessions, in either era. */
    work({ c }) {
      const onerror = (error: Error) => logWarning("mcp_message", { causes: describeError(error) });
      const options = { maxRequestBodySize: LIMITS.bodyBytes, onerror };
      return createMcpHandler(({ era }) => serverFor(c, era), options).fetch(c.req.raw);
    },
  },
};

function serverFor(c: AppContext, era: Era): McpServer {
  const made = new McpServer(INFO, {
    instructions: INSTRUCTIONS,
    capabilities: { tools: { listChanged: false } },
    requestState: { verify: stateIn },
  });
  const calls = new Calls(c, { era, capabilities: () => made.server.getClientCapabilities() });
  for (const name of NAMES) offer(made, name, calls);
  return made;
}

const NAMES = Object.keys(TOOLS).filter((name): name is ToolName => name in TOOLS);

function offer<Name extends ToolName>(made: McpServer, name: Name, calls: Calls): void {
  const { title, description, input, output, annotations, scope } = TOOLS[name];
  const config = { title, description, inputSchema: input, outputSchema: output, annotations };
  const handle: Tools[Name] = HANDLERS[name];
  made.registerTool(name, config, async (given: unknown, context: ServerContext) => {
    const call = calls.of(context);
    try {
      call.begin(scope);
      // The package has read it through the tool's own schema.
      return await handle(given as ArgumentsOf<Name>, call);
    } catch (error) {
      return toolFailed(error, call.c);
    } finally {
      call.progress.end();
    }
  });
}
