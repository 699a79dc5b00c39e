import type { Agent } from "../agent";
import type { Doors } from "../doors";
import { withClientTools } from "../tools/client-tools";
import { McpTools } from "../tools/mcp-tools";
import { limitsOf, parametersOf } from "./call-settings";
import { Conversation } from "./conversation";
import { modelMaker } from "./provider";

/** Has a model do a step, with the tools of its ghost. */
export function chatAgent(doors: Doors): Agent {
  return async (request, voice, signal) => {
    const { model, mcpServers } = request.config;
    const maker = await modelMaker(model, { ...doors, step: request });
    if (!maker.ok) return maker.failure;
    const tools = new McpTools(model.contextWindow, { ...doors, signal, descent: request.descent });
    try {
      const warn = (message: string) => voice.log("warn", message);
      await tools.connect(mcpServers, warn);
      const offered = withClientTools(tools, request.clientTools, warn);
      const call = { modelFor: maker.value, limits: limitsOf(model, doors) };
      const parameters = parametersOf(model);
      return await new Conversation({
        request,
        voice,
        signal,
        tools: offered,
        files: doors.files,
        allowPrivate: doors.settings.ALLOW_PRIVATE_TARGETS,
        call,
        parameters,
      }).end();
    } finally {
      tools.close();
    }
  };
}
