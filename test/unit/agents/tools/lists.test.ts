import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type Rules,
  result,
  rpcError,
  silence,
  startPeer,
  status,
  tool,
  withoutSessions,
  withSessions,
} from "../../../support/tool-peer";
import { boxAt, call } from "./box";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const listing = (tools: unknown, rules = withSessions) =>
  startPeer({ ...rules, "tools/list": result({ tools }) });

/** Pages by their cursors; the first has none. */
const pages = (of: Record<string, Rules[string]>): Rules => ({
  ...withSessions,
  "tools/list": (sent) => (of[String(sent.params?.cursor ?? "")] ?? status(500))(sent),
});
const page = (name: string, nextCursor?: unknown) => result({ tools: [tool(name)], nextCursor });

describe("[T2] the tools of a list are read one by one", () => {
  it.each<[string, unknown, RegExp]>([
    ["no object", 7, /tool no\. 2 .* it is no tool/],
    ["without a name", { inputSchema: {} }, /tool no\. 2 .* it has no name/],
    ["with a name of blanks", tool(" "), /tool no\. 2 .* it has no name/],
    ["with a name of another's", tool("good"), /tool good .* it is in the list twice/],
    [
      "with a schema of a text",
      tool("bad", { inputSchema: { type: "string" } }),
      /tool bad .* its schema is not that of an object/,
    ],
    [
      "with a schema elsewhere",
      tool("bad", { inputSchema: { $ref: "https://a.example" } }),
      /tool bad .* refers to another document/,
    ],
    [
      "that answers later",
      tool("bad", { execution: { taskSupport: "required" } }),
      /tool bad .* as a task only/,
    ],
  ])("and one is left out by its name: %s", async (_, bad, why) => {
    const { url } = listing([tool("good"), bad]);
    const { names, warned } = await boxAt(url);
    expect(names).toEqual(["good"]);
    expect(warned).toEqual([expect.stringMatching(why)]);
    expect(warned[0]).toContain("of the MCP server s is left out:");
  });

  it.each<[string, object]>([
    ["no schema", { inputSchema: undefined }],
    ["a schema that is null", { inputSchema: null }],
    ["a description that is null", { description: null }],
    ["annotations that are none", { annotations: "readOnly" }],
    ["an output schema that is none", { outputSchema: { type: "array" } }],
  ])("and one is taken as it is meant: with %s", async (_, more) => {
    const { url } = listing([tool("fine", more)]);
    const { names, warned } = await boxAt(url);
    expect([names, warned]).toEqual([["fine"], []]);
  });

  it("and one with headers that are not as MCP has them is left out, where there are such headers", async () => {
    const header = (value: unknown, type = "string") => ({
      inputSchema: { type: "object", properties: { q: { type, "x-mcp-header": value } } },
    });
    const deep = {
      inputSchema: {
        type: "object",
        properties: { q: { items: { type: "string", "x-mcp-header": "Q" } } },
      },
    };
    const tools = [
      tool("a", header("")),
      tool("b", header("a b")),
      tool("c", header("Q", "number")),
      tool("d", deep),
      tool("e", header("Q")),
    ];
    expect((await boxAt(listing(tools, withoutSessions).url)).names).toEqual(["e"]);
    vi.restoreAllMocks();
    expect((await boxAt(listing(tools).url)).names).toHaveLength(5);
  });

  it("and their annotations and the rules for their server go with them", async () => {
    const annotations = {
      readOnlyHint: true,
      idempotentHint: false,
      destructiveHint: "yes",
      title: "T",
    };
    const { url } = listing([tool("look.up", { annotations })]);
    const rules = { timeoutMs: 5000, approval: { tools: ["look.up"] }, onLost: "repeat" as const };
    const { box } = await boxAt(url, rules);
    expect(box.tools).toMatchObject([
      {
        name: "look_up",
        annotations: { readOnlyHint: true, idempotentHint: false },
        server: { name: "s", tool: "look.up", rules },
      },
    ]);
    expect(box.tools[0]?.annotations).not.toHaveProperty("destructiveHint");
  });

  it("and what is left out is named ten times at most", async () => {
    const { url } = listing(Array.from({ length: 50 }, () => 7));
    const { warned } = await boxAt(url);
    expect(warned).toHaveLength(11);
    expect(warned.at(-1)).toContain("40 more tools");
  });
});

describe("[T2] a list of tools", () => {
  it("is read to its last page", async () => {
    const { url } = startPeer(pages({ "": page("a", "2"), 2: page("b", "3"), 3: page("c", "") }));
    expect((await boxAt(url)).names).toEqual(["a", "b", "c"]);
  });

  it.each<[string, Rules[string], string]>([
    ["fails", status(503), "answers with HTTP 503 after 1 tools of its list"],
    ["leads back", page("b", "2"), "has a list of tools that does not end"],
    [
      "is none",
      result("pages"),
      "sends a list of tools that cannot be read after 1 tools of its list",
    ],
  ])("whose next page %s keeps what it has, and that is said", async (_, next, why) => {
    const { url } = startPeer(pages({ "": page("a", "2"), 2: next }));
    const { names, warned } = await boxAt(url);
    expect(names[0]).toBe("a");
    expect(warned).toContain(`The MCP server s ${why}.`);
  });

  it("whose next page does not come in time keeps what it has", async () => {
    vi.useFakeTimers();
    const { url } = startPeer(pages({ "": page("a", "2"), 2: silence }));
    const found = boxAt(url);
    await vi.advanceTimersByTimeAsync(5000);
    const { names, warned } = await found;
    expect(names).toEqual(["a"]);
    expect(warned).toEqual(["The MCP server s does not answer in time after 1 tools of its list."]);
  });

  it("that never ends is read ten pages far", async () => {
    let n = 0;
    const { url } = startPeer({
      ...withSessions,
      "tools/list": (sent) => page(`t${n}`, `${++n}`)(sent),
    });
    const { names, warned } = await boxAt(url);
    expect(names).toHaveLength(10);
    expect(warned).toEqual(["The MCP server s has a list of tools that does not end."]);
  });

  it.each<[string, Rules[string]]>([
    ["nothing", result({})],
    ["null", result({ tools: null })],
    ["an object", result({ tools: {} })],
  ])("of %s is empty", async (_, rule) => {
    const { url } = startPeer({ ...withSessions, "tools/list": rule });
    expect((await boxAt(url)).names).toEqual([]);
  });

  it("of a server that knows none is said to be that", async () => {
    const { url } = startPeer({
      ...withSessions,
      "tools/list": rpcError(-32601, "Method not found"),
    });
    expect((await boxAt(url)).warned).toEqual(["The MCP server s has no tools."]);
  });
});

it("[T2] a tool that was refused is taken out by its name or its place", async () => {
  const { url } = listing(["a", "b", "c", "d"].map((name) => tool(name)));
  const at = await boxAt(url);
  const left = () => at.box.tools.map(({ name }) => name).join("");
  expect(at.box.leaveOut({ name: "b" })?.name).toBe("b");
  expect(at.box.leaveOut({ name: "b", index: 1 })?.name).toBe("c");
  expect(at.box.leaveOut({ index: 7 })).toBeUndefined();
  expect(at.box.leaveOut({ name: "nobody" })).toBeUndefined();
  expect(left()).toBe("ad");
  expect(await call(at, "b")).toEqual({ error: "There is no tool b." });
});
