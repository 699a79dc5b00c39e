import { MCP } from "./mcp/face";
import type { Face } from "./operation";
import { REST } from "./rest";

/** Every protocol that the service speaks; each is served and described, or it does not compile. */
export const FACES = { rest: REST, mcp: MCP } as const satisfies Record<string, Face>;
