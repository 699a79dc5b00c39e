import type { MCP } from "../../operations/mcp/face";
import type { AppContext } from "../../worker/context";
import { settingsOf } from "../../worker/current-settings";
import { publicOrigin } from "../../worker/public-url";
import { Answer, type Handlers } from "../../worker/serving/handler";

const NAME = "Taskroom";
const SCOPES = ["read", "write"];

/** Where the metadata of the MCP server is. */
export function metadataUrl(c: AppContext): string {
  return `${publicOrigin(c)}/.well-known/oauth-protected-resource/mcp`;
}

/** RFC 9728, section 2. Pages of any origin may read it: it says nothing of anybody. */
function describe({ c }: { c: AppContext }): Answer {
  const { AUTH_ISSUER } = settingsOf(c.env);
  const value = {
    resource: `${publicOrigin(c)}/mcp`,
    ...(AUTH_ISSUER !== undefined && { authorization_servers: [AUTH_ISSUER] }),
    scopes_supported: SCOPES,
    bearer_methods_supported: ["header"],
    resource_name: NAME,
  };
  return new Answer(value, { headers: { "Access-Control-Allow-Origin": "*" } });
}

export const metadata: Handlers<typeof MCP.groups.metadata> = {
  service: describe,
  resource: describe,
};
