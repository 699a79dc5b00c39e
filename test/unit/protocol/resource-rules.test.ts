import { describe, expect, it } from "vitest";
import { createResource } from "../../../src/resources/bodies";
import type { ResourceKind } from "../../../src/resources/resource";
import { resourceIssues } from "../../../src/resources/rules";

const NAME = { metadata: { name: "x" } };

function paths(kind: ResourceKind, spec: unknown, allowPrivate = false): string[] {
  const body = createResource[kind].parse({ ...NAME, spec });
  const house = { namespace: "alice", allowPrivate, ownAgents: ["mine"] };
  return resourceIssues(body, house).map(({ path }) => path);
}

const member = (role: string, more: object = {}) => ({ role, botRef: "system/assistant", ...more });
const team = (...members: object[]) => ({ collaboration: "pipeline", members });

describe("teams", () => {
  it.each<[string, unknown, string[]]>([
    ["a solo of one", { collaboration: "solo", members: [member("a")] }, []],
    [
      "a solo of two",
      { collaboration: "solo", members: [member("a"), member("b")] },
      ["spec.members"],
    ],
    ["a role twice", team(member("a"), member("b"), member("a")), ["spec.members.2.role"]],
    ["back to itself", team(member("a", { onFailure: { rollbackTo: "a" } })), []],
    ["back to an earlier", team(member("a"), member("b", { onFailure: { rollbackTo: "a" } })), []],
    [
      "back to a later",
      team(member("a", { onFailure: { rollbackTo: "b" } }), member("b")),
      ["spec.members.0.onFailure.rollbackTo"],
    ],
    [
      "waits that shrink",
      team(member("a", { retry: { initialMs: 5000, maxMs: 100 } })),
      ["spec.members.0.retry.maxMs"],
    ],
    ["a bot of another's", team({ role: "a", botRef: "bob/x" }), ["spec.members.0.botRef"]],
    [
      "a fallback of another's",
      team(member("a", { onFailure: { fallback: "bob/x" } })),
      ["spec.members.0.onFailure.fallback"],
    ],
  ])("%s", (_name, spec, expected) => {
    expect(paths("Team", spec)).toEqual(expected);
  });
});

describe("addresses", () => {
  const model = (baseUrl?: string) => ({
    provider: "openai-compatible",
    model: "m",
    ...(baseUrl !== undefined && { baseUrl }),
  });
  it("are needed where nothing else says whom to call", () => {
    expect(paths("Model", model())).toEqual(["spec.baseUrl"]);
    expect(paths("Model", { provider: "openai", model: "m" })).toEqual([]);
    expect(paths("Shell", { runtime: "http" })).toEqual(["spec.url"]);
    expect(paths("Shell", { runtime: "chat" })).toEqual([]);
  });

  it.each([
    "http://api.example.com/v1",
    "https://user:pw@api.example.com/v1",
    "https://127.0.0.1/v1",
    "https://2130706433/v1",
    "https://0x7f.1/v1",
    "https://[::1]/v1",
    "https://169.254.169.254/latest",
    "https://localhost/v1",
    "https://db.internal/v1",
    "ftp://api.example.com/",
  ])("%s is refused everywhere", (url) => {
    expect(paths("Model", model(url))).toEqual(["spec.baseUrl"]);
    expect(paths("Shell", { runtime: "http", url })).toEqual(["spec.url"]);
    expect(paths("Ghost", { systemPrompt: "", mcpServers: { a: { url } } })).toEqual([
      "spec.mcpServers.a.url",
    ]);
  });

  it("private ones pass where the operator lets them, credentials never", () => {
    expect(paths("Model", model("http://127.0.0.1:1234/v1"), true)).toEqual([]);
    expect(paths("Model", model("http://u:p@127.0.0.1/v1"), true)).toEqual(["spec.baseUrl"]);
  });
});

it.each(["responses", "completions", "embeddings", "models"])(
  "an address of another call is refused, with the form that is wanted: /v1/%s",
  (call) => {
    const model = { provider: "openai-compatible", model: "m" };
    const baseUrl = `https://api.example.com/v1/${call}`;
    expect(paths("Model", { ...model, baseUrl })).toEqual(["spec.baseUrl"]);
    expect(paths("Model", { ...model, baseUrl: "https://api.example.com" })).toEqual([]);
  },
);

describe("an agent in code", () => {
  it("is one that the deployer wrote", () => {
    expect(paths("Shell", { runtime: "code", agent: "mine" })).toEqual([]);
  });

  it.each(["another", "Mine", "constructor", "__proto__"])("is refused: %s", (agent) => {
    expect(paths("Shell", { runtime: "code", agent })).toEqual(["spec.agent"]);
  });

  it("has a name", () => {
    expect(paths("Shell", { runtime: "code" })).toEqual(["spec.agent"]);
  });
});

describe("what a schema refuses", () => {
  it.each<[ResourceKind, unknown]>([
    ["Model", { provider: "openai", model: "m", apiKey: "" }],
    ["Model", { provider: "openai", model: "m", apiKey: null }],
    ["Model", { provider: "openai", model: "m", apiKey: "two\nlines" }],
    ["Model", { provider: "nobody", model: "m" }],
    ["Model", { provider: "demo", model: "m", limits: { stallMs: 600_001 } }],
    ["Model", { provider: "demo", model: "m", limits: { firstByteMs: 0 } }],
    ["Model", { provider: "demo", model: "m", headers: { "a b": "c" } }],
    ["Model", { provider: "demo", model: "m", extraBody: { a: "x".repeat(20_000) } }],
    ["Model", { provider: "demo", model: "m", tokenLimitField: "max" }],
    ["Model", { provider: "demo", model: "m", input: ["smell"] }],
    ["Shell", { runtime: "http", url: "https://a.example", secret: "plain" }],
    ["Shell", { runtime: "http", url: "https://a.example", headers: { "a b": "c" } }],
    ["Shell", { runtime: "http", url: "https://a.example", headers: { a: "b\r\nc: d" } }],
    ["Ghost", { systemPrompt: "x", colour: "red" }],
    ["Bot", { ghostRef: "assistant" }],
    ["Bot", { ghostRef: "system/Assistant" }],
    ["Team", { collaboration: "pipeline", members: [] }],
    ["Team", team(member("a", { timeoutMs: 10 }))],
    ["Team", team(member("a", { retry: { maxAttempts: 0 } }))],
  ])("%s %j", (kind, spec) => {
    expect(createResource[kind].safeParse({ ...NAME, spec }).success).toBe(false);
  });

  it.each(["X", "-a", "a-", "a.b", "a/b", "", "a".repeat(64), "ä", "__proto__"])(
    "the name %j",
    (name) => {
      const spec = { systemPrompt: "" };
      expect(createResource.Ghost.safeParse({ metadata: { name }, spec }).success).toBe(false);
    },
  );
});
