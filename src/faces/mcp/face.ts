import { MCP } from "../../operations/mcp/face";
import { served } from "../../worker/serving/face";
import { errorsAs } from "./errors";
import { metadata } from "./metadata";
import { server } from "./server";

/** The rooms as tools of an MCP server. */
export const mcp = served(MCP, { errorsAs, handlers: { server, metadata } });
