import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Rules,
  result,
  rpcError,
  silence,
  startPeer,
  status,
  withoutSessions,
  withSessions,
} from "../../../support/tool-peer";
import { boxAt, call } from "./box";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const without = (rules: Rules, ...names: string[]): Rules =>
  Object.fromEntries(Object.entries(rules).filter(([name]) => !names.includes(name)));

const versions = (...supported: string[]) =>
  rpcError(-32022, "Unsupported protocol version", { status: 400, data: { supported } });

describe("[T1] what a tool server speaks is found out", () => {
  const both = { ...withSessions, ...withoutSessions };
  const deaf = { ...withSessions, "server/discover": silence };

  it.each<[string, Rules, "sessions" | "none"]>([
    ["it discovers", withoutSessions, "none"],
    ["it knows both", both, "none"],
    ["it does not know the method", withSessions, "sessions"],
    ["it answers with 404", { ...withSessions, "server/discover": status(404) }, "sessions"],
    ["it answers with 400", { ...withSessions, "server/discover": status(400) }, "sessions"],
    ["it answers with 202", { ...withSessions, "server/discover": status(202) }, "sessions"],
    ["it answers with 500", { ...withSessions, "server/discover": status(500) }, "sessions"],
    [
      "it allows only what it knows",
      { ...withSessions, "server/discover": status(403) },
      "sessions",
    ],
    [
      "it answers everything with nothing",
      { ...withSessions, "server/discover": result({}) },
      "sessions",
    ],
    [
      "it misses a session",
      { ...withSessions, "server/discover": rpcError(-32000, "no session", { status: 400 }) },
      "sessions",
    ],
    [
      "it names older versions",
      { ...withSessions, "server/discover": versions("2025-11-25") },
      "sessions",
    ],
    [
      "it names both as a refusal",
      { ...both, "server/discover": versions("2026-07-28", "2025-11-25") },
      "none",
    ],
    ["it says nothing", deaf, "sessions"],
    [
      "it says nothing, and knows no older word",
      { ...withoutSessions, "server/discover": silence, initialize: versions("2026-07-28") },
      "none",
    ],
  ])("where %s", async (_, rules, kind) => {
    const peer = startPeer(rules);
    const at = await boxAt(peer.url);
    expect(at.names).toEqual(["look"]);
    expect(at.warned).toEqual([]);
    expect(await call(at)).toEqual({ output: "seen" });
    await at.end();
    expect(peer.methods().includes("DELETE")).toBe(kind === "sessions");
    const { headers } = peer.sent.find(({ method }) => method === "tools/call") ?? {};
    expect(headers?.get("mcp-session-id")).toEqual(kind === "sessions" ? expect.any(String) : null);
  });

  it("once, and remembered", async () => {
    const peer = startPeer(deaf);
    await boxAt(peer.url);
    await boxAt(peer.url);
    expect(peer.methods().filter((method) => method === "server/discover")).toHaveLength(1);
    expect(peer.methods().filter((method) => method === "initialize")).toHaveLength(2);
  });

  it("beside the older question, so that a slow server keeps its tools", async () => {
    const peer = startPeer({
      ...withoutSessions,
      "server/discover": async (sent) => {
        await new Promise((resolve) => setTimeout(resolve, 1300));
        return result({ supportedVersions: ["2026-07-28"], capabilities: {} })(sent);
      },
      initialize: silence,
    });
    const at = await boxAt(peer.url);
    expect(at.names).toEqual(["look"]);
    expect(peer.methods()).toEqual(["server/discover", "initialize", "tools/list"]);
  });

  it("from one that answers nothing while it is silent to the newer question", async () => {
    vi.useFakeTimers();
    const asked = Promise.withResolvers<void>();
    const peer = startPeer({
      ...withSessions,
      "server/discover": (sent) => {
        sent.signal.addEventListener("abort", () => asked.resolve());
        return silence(sent);
      },
      initialize: async (sent) => {
        await asked.promise;
        return (withSessions.initialize ?? silence)(sent);
      },
    });
    const connecting = boxAt(peer.url);
    await vi.advanceTimersByTimeAsync(4000);
    expect((await connecting).names).toEqual(["look"]);
  });

  it("anew where it is not as it was remembered", async () => {
    const rules: Rules = { ...withSessions };
    const peer = startPeer(rules);
    await boxAt(peer.url);
    Object.assign(rules, withoutSessions, { initialize: versions("2026-07-28") });
    const at = await boxAt(peer.url);
    expect(at.warned).toEqual([]);
    await call(at);
    expect(peer.sent.at(-1)?.headers.get("mcp-protocol-version")).toBe("2026-07-28");
  });
});

describe("[T1] a request", () => {
  it("without sessions carries all that it needs, in its headers too", async () => {
    const look = {
      name: "søk",
      inputSchema: {
        type: "object",
        properties: { q: { type: "string", "x-mcp-header": "Query" }, deep: { type: "object" } },
      },
    };
    const peer = startPeer({ ...withoutSessions, "tools/list": result({ tools: [look] }) });
    await call(await boxAt(peer.url), "s_k");
    const { headers, params } = peer.sent.at(-1) ?? {};
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "=?base64?c8O4aw==?=",
      "mcp-param-query": "x",
    });
    expect(params).toMatchObject({
      name: "søk",
      arguments: { q: "x" },
      _meta: {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "taskroom/idempotencyKey": "t:s:1:0:0",
        "taskroom/depth": 2,
        "taskroom/tasks": ["task_1", "task_2"],
        progressToken: expect.any(String),
      },
    });
  });

  it.each([
    ["2025-11-25", "2025-11-25"],
    ["2025-06-18", "2025-06-18"],
    ["2025-03-26", null],
    ["2024-11-05", null],
  ])("of a session that agreed on %s says so where that was taken", async (version, header) => {
    const peer = startPeer({ ...withSessions, initialize: result({ protocolVersion: version }) });
    await call(await boxAt(peer.url));
    expect(peer.sent.at(-1)?.headers.get("mcp-protocol-version")).toBe(header);
    expect(peer.sent.at(-1)?.params).toMatchObject({
      _meta: { "taskroom/idempotencyKey": "t:s:1:0:0" },
    });
  });

  it("for a version that the server names is made where it takes no newer one", async () => {
    const refuse = rpcError(-32602, "Unsupported protocol version", {
      data: { supported: ["2024-11-05"], requested: "2025-11-25" },
    });
    const peer = startPeer({
      ...withSessions,
      initialize: (sent) =>
        sent.params?.protocolVersion === "2024-11-05"
          ? result({ protocolVersion: "2024-11-05" })(sent)
          : refuse(sent),
    });
    expect((await boxAt(peer.url)).names).toEqual(["look"]);
  });
});

describe("[T1] a tool server that cannot be used says why", () => {
  const all = (rule: Rules[string]): Rules =>
    Object.fromEntries(["server/discover", "initialize"].map((method) => [method, rule]));

  it.each<[string, Rules, RegExp]>([
    [
      "401",
      all(status(401, { "www-authenticate": "Bearer" })),
      /needs sign-in.*\(HTTP 401, Bearer\)/,
    ],
    [
      "401 with a reason",
      all(
        status(401, {
          "www-authenticate":
            'Bearer realm="http://10.0.0.7", error="invalid_token", resource_metadata="https://10.0.0.7/x"',
        }),
      ),
      /\(HTTP 401, Bearer, invalid_token\)/,
    ],
    [
      "403 with a scope",
      all(
        status(403, {
          "www-authenticate": 'Bearer error="insufficient_scope", scope="files:read mail"',
        }),
      ),
      /\(HTTP 403, Bearer, insufficient_scope, scope files:read mail\)/,
    ],
    [
      "a challenge of somebody's own",
      all(status(401, { "www-authenticate": "Evil <b>10.0.0.7" })),
      /\(HTTP 401\)/,
    ],
    ["503", all(status(503)), /answers with HTTP 503/],
    [
      "a redirect",
      all(status(307, { location: "http://10.0.0.7/" })),
      /redirects, which is not followed \(HTTP 307\)/,
    ],
    [
      "no network",
      all(() => Promise.reject(new TypeError("fetch failed at 10.0.0.7"))),
      /cannot be reached/,
    ],
    ["a page", all(() => new Response("<html>10.0.0.7</html>")), /what is not MCP/],
    [
      "an error of its own",
      all(rpcError(-32603, "no database")),
      /reports the error -32603: no database/,
    ],
    [
      "a version of another time",
      { ...withSessions, initialize: result({ protocolVersion: "2031-01-01" }) },
      /version of MCP that is not known here \(2031-01-01\)/,
    ],
    [
      "versions of another time",
      {
        ...withSessions,
        "server/discover": result({ supportedVersions: ["2031-01-01", "2032-01-01"] }),
      },
      /\(2031-01-01, 2032-01-01\)/,
    ],
  ])("%s", async (_, rules, why) => {
    const peer = startPeer(rules);
    const { warned, names } = await boxAt(peer.url);
    expect(names).toEqual([]);
    expect(warned).toEqual([expect.stringMatching(why)]);
    expect(warned[0]).toMatch(
      /^The MCP server s is not available: it .* Its tools are left out\.$/,
    );
    expect(warned[0]).not.toMatch(/10\.0\.0\.7|Error:|Fault|fetch/);
  });

  it("silence, for five seconds at most", async () => {
    vi.useFakeTimers();
    const peer = startPeer({ ...withSessions, "server/discover": silence, initialize: silence });
    const connecting = boxAt(peer.url);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await connecting).warned).toEqual([expect.stringContaining("does not answer in time")]);
  });

  it("silence once more, for two seconds", async () => {
    vi.useFakeTimers();
    const peer = startPeer({ ...withSessions, "server/discover": silence, initialize: silence });
    const first = boxAt(peer.url);
    await vi.advanceTimersByTimeAsync(5000);
    await first;
    const second = boxAt(peer.url);
    await vi.advanceTimersByTimeAsync(2000);
    expect((await second).warned).toEqual([expect.stringContaining("does not answer in time")]);
  });

  it("silence to its first word after the session has begun costs it nothing", async () => {
    const peer = startPeer({ ...withSessions, "notifications/initialized": silence });
    expect((await boxAt(peer.url)).names).toEqual(["look"]);
  });
});

describe("[T1] a session that its server does not know any more", () => {
  const lost: Rules[string][] = [
    status(404),
    rpcError(-32001, "Session not found", { status: 404 }),
    rpcError(-32001, "Session not found"),
    rpcError(-32000, "Bad Request: No valid session ID provided", { status: 400 }),
    rpcError(-32600, "Session not found", { status: 400 }),
    () => new Response("Bad Request: No valid session ID provided", { status: 400 }),
  ];

  it.each(["tools/list", "tools/call"])("is opened again for %s, once", async (method) => {
    for (const rule of lost) {
      let n = 0;
      const good = withSessions[method] ?? status(500);
      const peer = startPeer({
        ...withSessions,
        [method]: (sent) => (++n === 1 ? rule : good)(sent),
      });
      const at = await boxAt(peer.url);
      expect(await call(at)).toEqual({ output: "seen" });
      expect(peer.methods().filter((name) => name === "initialize")).toHaveLength(2);
      await at.end();
      vi.restoreAllMocks();
    }
  });

  it("is opened once for all calls that need it", async () => {
    let lostId: string | null = null;
    const peer = startPeer({
      ...withSessions,
      "tools/call": (sent) => {
        const id = sent.headers.get("mcp-session-id");
        lostId ??= id;
        return (id === lostId ? status(404) : (withSessions["tools/call"] ?? status(500)))(sent);
      },
    });
    const at = await boxAt(peer.url);
    const outcomes = await Promise.all([1, 2, 3].map(() => call(at)));
    expect(outcomes).toEqual([1, 2, 3].map(() => ({ output: "seen" })));
    expect(peer.methods().filter((name) => name === "initialize")).toHaveLength(2);
  });

  it("is given up where the next is not known either", async () => {
    const peer = startPeer({ ...withSessions, "tools/call": status(404) });
    expect(await call(await boxAt(peer.url))).toEqual({
      error: "The tool's server answers with HTTP 404.",
    });
    expect(peer.methods().filter((name) => name === "tools/call")).toHaveLength(2);
  });

  it("was none where the server gave none: 404 is its answer", async () => {
    const peer = startPeer({
      ...without(withSessions, "initialize"),
      initialize: result({ protocolVersion: "2025-06-18" }),
      "tools/call": status(404),
    });
    await call(await boxAt(peer.url));
    expect(peer.methods().filter((name) => name === "tools/call")).toHaveLength(1);
  });
});
