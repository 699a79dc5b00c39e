import * as z from "zod";
import type { MCP } from "../../operations/mcp/face";
import { type ErrorForm, type FaceDescription, json } from "../description";
import { schemaOf } from "../json-schema";

const error = z.object({
  jsonrpc: z.literal("2.0"),
  error: z.object({
    code: z.int(),
    message: z.string(),
    data: z.looseObject({ code: z.string() }),
  }),
  id: z.null(),
});

/** JSON-RPC's form of errors, with the service's own codes in `data`. */
const ERRORS: ErrorForm = {
  prefix: "mcp-",
  type: "application/json",
  content: ([code]) => ({
    schema: schemaOf(error),
    example: {
      jsonrpc: "2.0",
      error: { code: -32000, message: "Why it is refused", data: { code } },
      id: null,
    } satisfies z.infer<typeof error>,
  }),
};

const metadata = {
  description: "RFC 9728. `authorization_servers` is `AUTH_ISSUER`, where that is set.",
  answer: {
    description: "Where tokens come from, and what they are for.",
    json: json(
      z.object({
        resource: z.url(),
        authorization_servers: z.array(z.string()).optional(),
        scopes_supported: z.array(z.string()),
        bearer_methods_supported: z.array(z.string()),
        resource_name: z.string(),
      }),
      {
        resource: "https://taskroom.example/mcp",
        authorization_servers: ["https://login.example"],
        scopes_supported: ["read", "write"],
        bearer_methods_supported: ["header"],
        resource_name: "Taskroom",
      },
    ),
  },
};

/** The MCP server, for its readers. */
export const MCP_DESCRIPTION: FaceDescription<typeof MCP> = {
  errors: ERRORS,
  parameters: {},
  groups: {
    server: {
      message: {
        description:
          "One JSON-RPC message of MCP, of revision 2026-07-28 or an older one (then without a session). " +
          "The tools run teams; the list of tools says what each takes and gives. `Host` and `Origin` " +
          "are of a list: `PUBLIC_URL` and `ALLOWED_ORIGINS`.",
        answer: { description: "The answer, as JSON; 202 where none is wanted." },
        media: {
          description: "Progress first, then the answer.",
          example: 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}\n\n',
        },
        errors: ["forbidden", "payload_too_large"],
      },
    },
    metadata: { service: metadata, resource: metadata },
  },
};
