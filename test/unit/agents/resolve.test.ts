import { describe, expect, it } from "vitest";
import { stepIds } from "../../../src/agents/remote/step-id";
import { systemFinder } from "../../../src/agents/team/finder";
import { resolveTeam } from "../../../src/agents/team/resolve";
import { settings } from "../../../src/platform/settings";
import type { Ref } from "../../../src/protocol/refs";
import type { Find, Resource, ResourceKind, ResourceOf } from "../../../src/resources/resource";
import { botSpec, ghostSpec, modelSpec, shellSpec, teamSpec } from "../../../src/resources/specs";
import { systemResources } from "../../../src/resources/system-resources";
import { teamPlan } from "../../../src/resources/team-plan";

const none = settings.parse({});
const own = settings.parse({
  DEFAULT_MODEL_BASE_URL: "http://127.0.0.1:11434/v1",
  DEFAULT_MODEL: "llama",
  DEFAULT_MODEL_API_KEY: "sk-secret",
});
const system = (name: string): Ref => ({ namespace: "system", name });
const mine = (name: string): Ref => ({ namespace: "u", name });

async function planOf(ref: Ref, find: Find = systemFinder(none), with_ = none) {
  const outcome = await resolveTeam(ref, find, with_);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return teamPlan.parse(outcome.value);
}

/** The shipped resources and some of a user's. */
function finder(
  ...specs: { kind: ResourceKind; name: string; spec: unknown; key?: unknown }[]
): Find {
  const shipped = systemFinder(none);
  return async <Kind extends ResourceKind>(kind: Kind, ref: Ref) => {
    const found = specs.find((item) => item.kind === kind && item.name === ref.name);
    if (ref.namespace !== "u" || !found) return shipped(kind, ref);
    const metadata = { ...ref, resourceVersion: "7", createdAt: "", updatedAt: "" };
    return { ...found, metadata } as unknown as ResourceOf<Kind>;
  };
}

const team = (spec: unknown) => ({
  kind: "Team" as const,
  name: "team",
  spec: teamSpec.parse(spec),
});
const solo = (member: object) =>
  team({ collaboration: "solo", members: [{ role: "a", botRef: "system/assistant", ...member }] });

describe("[Q2] a team's onBusy", () => {
  it.each([
    ["enqueue", { onBusy: "enqueue" }],
    ["guide", { onBusy: "guide" }],
    ["merge", { onBusy: "enqueue", laterOnBusy: "merge" }],
    ["rollback", { onBusy: "interrupt", laterOnBusy: "rollback" }],
  ] as const)("%s is kept in words that the release before reads", async (onBusy, kept) => {
    const spec = {
      collaboration: "solo",
      onBusy,
      members: [{ role: "a", botRef: "system/assistant" }],
    };
    const plan = await planOf(mine("team"), finder(team(spec)));
    const { onBusy: plain, laterOnBusy } = plan;
    expect({ onBusy: plain, ...(laterOnBusy && { laterOnBusy }) }).toEqual(kept);
  });
});

describe("the shipped resources", () => {
  const schemas = {
    Ghost: ghostSpec,
    Model: modelSpec,
    Shell: shellSpec,
    Bot: botSpec,
    Team: teamSpec,
  };
  const names = (resource: Resource) => `${resource.kind} ${resource.metadata.name}`;

  it.each([
    ["without a default model", none],
    ["with one", own],
  ])("are valid as a user's would be, and each is there once: %s", (_, with_) => {
    const resources = systemResources(with_);
    for (const { kind, spec } of resources)
      expect(schemas[kind].safeParse(spec).error).toBeUndefined();
    expect(new Set(resources.map(names)).size).toBe(resources.length);
    expect(JSON.stringify(resources)).not.toContain("sk-secret");
  });

  it("the default model is the demo model until an address is set", async () => {
    const demo = await planOf(system("assistant"));
    expect(demo.members[0]?.agent.model).toMatchObject({ ref: "system/default", provider: "demo" });
    const { members } = await planOf(system("assistant"), systemFinder(own), own);
    expect(members[0]?.agent.model).toMatchObject({
      ...{ provider: "openai-compatible", model: "llama" },
      ...{ baseUrl: "http://127.0.0.1:11434/v1", key: { from: "setting" } },
    });
  });

  it("assistant is solo: the turn's own limit, three attempts", async () => {
    expect(await planOf(system("assistant"))).toMatchObject({
      ...{ team: "system/assistant", collaboration: "solo", onBusy: "enqueue", timeoutMs: 600_000 },
      members: [
        {
          ...{ step: "assistant", role: "assistant", onFailure: "abort", critical: false },
          ...{ requireConfirmation: false, context: "all" },
          retry: { maxAttempts: 3, initialMs: 2000, factor: 2, maxMs: 60_000, jitter: false },
          agent: { bot: "system/assistant", runtime: { runtime: "chat" } },
        },
      ],
    });
    expect((await planOf(system("assistant"))).members[0]).not.toHaveProperty("timeoutMs");
  });

  it.each([
    ["research-plan-implement", ["research", "planning", "implementation"], "abort"],
    ["story-asset-code-deploy", ["story", "asset", "code", "deploy"], "continue"],
  ])(
    "%s is a pipeline of 30 to 120 s a phase and three attempts",
    async (name, steps, onFailure) => {
      const { members, timeoutMs } = await planOf(system(name));
      expect(members.map(({ step }) => step)).toEqual(steps);
      for (const member of members) {
        expect(member).toMatchObject({ onFailure, context: "all", retry: { maxAttempts: 3 } });
        expect(member.timeoutMs).toBeGreaterThanOrEqual(30_000);
        expect(member.timeoutMs).toBeLessThanOrEqual(120_000);
      }
      const limits = members.map((member) => member.timeoutMs ?? 0);
      const budgets = limits.map((limit) => 3 * limit + 2000 + 4000);
      const restarts = 3 * Math.max(...limits);
      expect(timeoutMs).toBe(budgets.reduce((sum, budget) => sum + budget, restarts));
    },
  );

  it("the deployer is told to publish nothing and to invent no address", async () => {
    const { members } = await planOf(system("story-asset-code-deploy"));
    expect(members[3]?.agent.systemPrompt).toMatch(/publish nothing[\s\S]*Never state a URL/);
  });

  it("nothing else is found", async () => {
    const find = systemFinder(none);
    expect(await find("Team", mine("assistant"))).toBeUndefined();
    expect(await find("Bot", system("default"))).toBeUndefined();
  });
});

describe("a user's team", () => {
  it("overrides every default", async () => {
    const member = {
      ...{ timeoutMs: 5000, prompt: "P", onFailure: "continue", critical: true },
      ...{
        requireConfirmation: true,
        context: "previous",
        retry: { maxAttempts: 5, jitter: true },
      },
    };
    const spec = {
      ...solo(member).spec,
      onBusy: "reject",
      timeoutMs: 9000,
      errorBudget: 2,
      tokenLimit: 99,
    };
    const plan = await planOf(mine("team"), finder(team(spec)));
    expect(plan).toMatchObject({
      onBusy: "reject",
      timeoutMs: 9000,
      errorBudget: 2,
      tokenLimit: 99,
    });
    expect(plan.members[0]).toMatchObject({
      ...member,
      retry: { maxAttempts: 5, initialMs: 2000, factor: 2, maxMs: 60_000, jitter: true },
    });
  });

  it("resolves a bot to its ghost, model, shell, parameters and versions", async () => {
    const rules = { timeoutMs: 5000, approval: { tools: ["pay"] }, onLost: "repeat" };
    const server = { url: "https://m.example", ...rules };
    const called = {
      ...{ limits: { stallMs: 9 }, headers: { a: "sealed" }, query: { v: "1" } },
      ...{ extraBody: { top_k: 3 }, tokenLimitField: "none", streamUsage: false },
      ...{ thinkTags: false, input: ["text"] },
    };
    const find = finder(
      solo({ botRef: "u/bot" }),
      {
        kind: "Ghost",
        name: "ghost",
        spec: { systemPrompt: "Boo.", mcpServers: { m: server } },
      },
      {
        kind: "Model",
        name: "model",
        key: { from: "sealed", sealed: "s" },
        spec: {
          provider: "openai",
          model: "gpt",
          parameters: { temperature: 1, topP: 0.5 },
          contextWindow: 1000,
          ...called,
        },
      },
      { kind: "Shell", name: "shell", spec: { runtime: "http", url: "https://a.example" } },
      {
        kind: "Bot",
        name: "bot",
        spec: botSpec.parse({
          ghostRef: "u/ghost",
          modelRef: "u/model",
          shellRef: "u/shell",
          parameters: { temperature: 0 },
        }),
      },
    );
    expect((await planOf(mine("team"), find)).members[0]?.agent).toEqual({
      ...{ bot: "u/bot", systemPrompt: "Boo." },
      mcpServers: { m: { ...server, headers: {} } },
      model: {
        ...{ ref: "u/model", provider: "openai", model: "gpt", contextWindow: 1000 },
        key: { from: "sealed", sealed: "s" },
        parameters: { temperature: 0, topP: 0.5 },
        ...called,
      },
      runtime: { runtime: "http", url: "https://a.example", headers: {} },
      versions: {
        "Bot/u/bot": "7",
        "Ghost/u/ghost": "7",
        "Model/u/model": "7",
        "Shell/u/shell": "7",
      },
    });
  });

  it("without a model or a shell uses the default ones", async () => {
    const find = finder(solo({ botRef: "u/bot" }), {
      kind: "Bot",
      name: "bot",
      spec: botSpec.parse({ ghostRef: "system/assistant" }),
    });
    const agent = (await planOf(mine("team"), find)).members[0]?.agent;
    expect(agent).toMatchObject({ model: { ref: "system/default" }, runtime: { runtime: "chat" } });
  });

  it("counts a phase without a limit as 120 s, and a fallback as a second run", async () => {
    const botRef = "system/assistant";
    const retry = { maxAttempts: 4, initialMs: 1000, maxMs: 2500 };
    const members = [
      { role: "a", botRef, retry },
      { role: "b", botRef, retry: { maxAttempts: 1 }, onFailure: { fallback: "system/coder" } },
    ];
    const plan = await planOf(mine("team"), finder(team({ collaboration: "pipeline", members })));
    expect(plan.members[0]?.timeoutMs).toBe(120_000);
    expect(plan.timeoutMs).toBe(4 * 120_000 + 1000 + 2000 + 2500 + 2 * 120_000 + 3 * 120_000);
    expect(plan).not.toHaveProperty("isCapped");
    expect(plan.members[1]?.onFailure).toMatchObject({ fallback: { bot: "system/coder" } });
  });

  it("has room for the longest way back, twice; what is critical goes no way back", async () => {
    const shared = { botRef: "system/assistant", retry: { maxAttempts: 1 } };
    const members = [
      { role: "a", timeoutMs: 1000, ...shared },
      { role: "b", timeoutMs: 2000, ...shared, onFailure: { rollbackTo: "b" } },
      { role: "c", timeoutMs: 4000, ...shared, onFailure: { rollbackTo: "b" } },
      { role: "d", timeoutMs: 8000, ...shared, onFailure: { rollbackTo: "a" }, critical: true },
    ];
    const plan = await planOf(mine("team"), finder(team({ collaboration: "pipeline", members })));
    expect(plan.timeoutMs).toBe(15_000 + 2 * (2000 + 4000) + 3 * 8000);
  });

  it.each([
    ["a chat turn has the deployment's limit", undefined, 600_000, true],
    ["one whose member has a limit has room for its attempts", 300_000, 1_806_000, undefined],
    ["and at least the deployment's", 1000, 600_000, undefined],
  ])("%s", async (_, timeoutMs, limitMs, isCapped) => {
    const member = { botRef: "system/assistant", ...(timeoutMs !== undefined && { timeoutMs }) };
    const plan = await planOf(mine("team"), finder(solo(member)));
    expect(plan.timeoutMs).toBe(limitMs);
    expect(plan.isCapped).toBe(isCapped);
  });

  it.each<[string, Parameters<typeof finder>, string]>([
    ["the team", [], "there is no Team u/team"],
    ["a bot", [solo({ botRef: "u/gone" })], "there is no Bot u/gone"],
    ["a fallback bot", [solo({ onFailure: { fallback: "u/gone" } })], "there is no Bot u/gone"],
    [
      "a ghost",
      [
        solo({ botRef: "u/bot" }),
        { kind: "Bot", name: "bot", spec: botSpec.parse({ ghostRef: "u/gone" }) },
      ],
      "there is no Ghost u/gone",
    ],
    [
      "an http shell without url",
      [
        solo({ botRef: "u/bot" }),
        { kind: "Shell", name: "shell", spec: { runtime: "http" } },
        {
          kind: "Bot",
          name: "bot",
          spec: botSpec.parse({ ghostRef: "system/coder", shellRef: "u/shell" }),
        },
      ],
      "the Shell u/shell has no url",
    ],
    [
      "a rollback to nowhere",
      [solo({ onFailure: { rollbackTo: "z" } })],
      "a cannot roll back to z, no earlier role",
    ],
  ])("that cannot be resolved is refused: %s", async (_, specs, message) => {
    expect(await resolveTeam(mine("team"), finder(...specs), none)).toEqual({
      ok: false,
      refusal: expect.objectContaining({
        code: "invalid_request",
        issues: [{ path: "teamRef", message }],
      }),
    });
  });

  it("may roll back to an earlier phase or to the phase itself", async () => {
    const botRef = "system/coder";
    const members = [
      { role: "a", botRef, onFailure: { rollbackTo: "a" } },
      { role: "b", botRef, onFailure: { rollbackTo: "a" } },
    ];
    const plan = await planOf(mine("team"), finder(team({ collaboration: "pipeline", members })));
    expect(plan.members.map(({ onFailure }) => onFailure)).toEqual([
      { rollbackTo: "a" },
      { rollbackTo: "a" },
    ]);
  });
});

it.each([
  [
    ["Research", "Plan & Do"],
    ["research", "plan-do"],
  ],
  [
    ["a", "a", "A!"],
    ["a", "a-2", "a-3"],
  ],
  [
    ["x-3", "x", "x"],
    ["x-3", "x", "x-4"],
  ],
  [
    ["研究", "計画"],
    ["step-1", "step-2"],
  ],
])("steps of roles %j are %j", (roles, ids) => {
  expect(stepIds(roles)).toEqual(ids);
});
