import { describe, expect, it } from "vitest";
import { call } from "./build";

const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const accept = { Accept: "application/json, text/event-stream" };
const env = { PUBLIC_URL: "https://taskroom.test", ALLOWED_ORIGINS: "https://app.test" };

function ask(headers: Record<string, string> = {}, more: object = {}) {
  const asked = { method: "POST", body: LIST, env, headers: { ...accept, ...headers } };
  return call("/mcp", { ...asked, ...more });
}

describe("[MC5] the MCP server's door", () => {
  it.each([
    ["the service's own name", {}, 200],
    ["a listed page", { Origin: "https://app.test" }, 200],
    ["a page that is not listed", { Origin: "https://evil.example" }, 403],
    ["a name that was made to lead here", { Host: "evil.example" }, 403],
    ["the same, of the page too", { Host: "evil.example", Origin: "https://evil.example" }, 403],
  ])("by %s", async (_, headers, status) => {
    expect((await ask(headers)).status).toBe(status);
  });

  it("tells a stranger where to get a credential", async () => {
    const refused = await ask({}, { token: null });
    expect(refused.status).toBe(401);
    const metadata = "https://taskroom.test/.well-known/oauth-protected-resource/mcp";
    expect(refused.headers.get("WWW-Authenticate")).toBe(`Bearer resource_metadata="${metadata}"`);
    const told = await call(new URL(metadata).pathname, { token: null, env });
    expect(await told.json()).toMatchObject({ resource: "https://taskroom.test/mcp" });
  });
});
