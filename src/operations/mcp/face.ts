import type { Face } from "../operation";

const tag = "MCP";
const described = { tag, method: "get", scope: "open", status: 200 } as const;

/** RFC 9728, section 3.1: of the service, and of a resource below it. */
const WELL_KNOWN = "/.well-known/oauth-protected-resource";

/** The Model Context Protocol (2025-11-25 and 2026-07-28): teams as tools. */
export const MCP = {
  below: ["/mcp"],
  via: "mcp",
  groups: {
    server: {
      message: {
        id: "mcpMessage",
        tag,
        method: "post",
        path: "/mcp",
        summary: "Send a message of the Model Context Protocol",
        // Who may read may list the tools, and call those that read.
        scope: "read",
        status: 200,
        media: "text/event-stream",
      },
    },
    metadata: {
      service: {
        ...described,
        id: "mcpMetadata",
        path: WELL_KNOWN,
        summary: "Who gives tokens for the MCP server",
      },
      resource: {
        ...described,
        id: "mcpResourceMetadata",
        path: `${WELL_KNOWN}/mcp`,
        summary: "The same, where RFC 9728 puts it",
      },
    },
  },
} as const satisfies Face;
