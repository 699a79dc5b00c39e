import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createResource, deleteResource } from "../../../src/history/resource-writes";
import {
  findResource,
  newestResources,
  overriddenNames,
  reachableResources,
} from "../../../src/history/resources";
import { idText, type ResourceId } from "../../../src/resources/resource";
import type { StoredResource } from "../../../src/resources/secrets";

const AT = "2026-11-10T00:00:00.000Z";
const metadata = (name: string) => ({
  ...{ namespace: "alice", name, resourceVersion: "1", createdAt: AT, updatedAt: AT },
});
const mine = (name: string) => ({ namespace: "alice", name });
const nothingShips = () => false;

function ghost(name: string): StoredResource {
  return { kind: "Ghost", metadata: metadata(name), spec: { systemPrompt: "" }, secrets: {} };
}

function bot(name: string, ghostName: string): StoredResource {
  const spec = { ghostRef: mine(ghostName) };
  return { kind: "Bot", metadata: metadata(name), spec, secrets: {} };
}

function team(name: string, bots: string[]): StoredResource {
  const members = bots.map((botName) => ({ role: botName, botRef: mine(botName) }));
  const spec = { collaboration: "pipeline" as const, members };
  return { kind: "Team", metadata: metadata(name), spec, secrets: {} };
}

async function stored(...resources: StoredResource[]): Promise<void> {
  for (const resource of resources) {
    expect(await createResource(env.DB, resource, nothingShips)).toMatchObject({ ok: true });
  }
}

it("what a team leads to is found in one statement, and nothing else", async () => {
  await stored(ghost("g1"), ghost("g2"), ghost("other"));
  await stored(bot("b1", "g1"), bot("b2", "g2"), bot("b3", "other"), team("t", ["b1", "b2"]));
  const prepare = vi.spyOn(env.DB, "prepare");
  const found = await reachableResources(env.DB, [{ kind: "Team", ...mine("t") }]);
  expect(prepare).toHaveBeenCalledTimes(1);
  prepare.mockRestore();
  expect(found.map(({ kind, metadata: { name } }) => `${kind} ${name}`).sort()).toEqual([
    "Bot b1",
    "Bot b2",
    "Ghost g1",
    "Ghost g2",
    "Team t",
  ]);
  expect(await findResource(env.DB, { kind: "Ghost", ...mine("g1") })).toEqual(ghost("g1"));
});

it("references and rows change together: a create and a delete at once never leave a gap", async () => {
  for (let i = 0; i < 20; i++) {
    await stored(ghost(`race-${i}`));
    const id: ResourceId = { kind: "Ghost", ...mine(`race-${i}`) };
    const [created, deleted] = await Promise.all([
      createResource(env.DB, bot(`racer-${i}`, `race-${i}`), nothingShips),
      deleteResource(env.DB, id, nothingShips),
    ]);
    expect(created.ok).toBe(!deleted.ok);
    expect((await findResource(env.DB, id)) !== undefined).toBe(created.ok);
  }
});

it("names who refers to it, a few of many", async () => {
  await stored(ghost("popular"));
  for (let i = 0; i < 30; i++) await stored(bot(`fan-${i}`, "popular"));
  const outcome = await deleteResource(env.DB, { kind: "Ghost", ...mine("popular") }, nothingShips);
  expect(outcome).toMatchObject({ ok: false, refusal: { code: "in_use" } });
  const referrers = outcome.ok ? [] : (outcome.refusal.referrers ?? []);
  expect(referrers).toHaveLength(20);
  expect(referrers).toContain(idText({ kind: "Bot", ...mine("fan-0") }));
});

describe("what the database does", () => {
  const position = (namespace: string) => ({ createdAt: AT, namespace, name: "m" });
  const list = { kind: "Ghost" as const, namespace: "alice" };

  async function planOf(work: () => Promise<unknown>): Promise<string> {
    const prepare = vi.spyOn(env.DB, "prepare");
    await work();
    const statement = prepare.mock.calls[0]?.[0] ?? "";
    prepare.mockRestore();
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .bind(...Array(statement.split("?").length - 1).fill("[]"))
      .all<{ detail: string }>();
    return plan.results.map(({ detail }) => detail).join("\n");
  }

  it.each([
    ["the first page", undefined],
    ["a later page", position("alice")],
    ["a page after another namespace", position("system")],
  ])("%s of a list is one range of one index", async (_name, after) => {
    const plan = await planOf(() => newestResources(env.DB, list, { after, limit: 2 }));
    expect(plan).toContain("USING INDEX resources_newest");
    expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
  });

  it("lookups go by the primary key", async () => {
    for (const work of [
      () => findResource(env.DB, { kind: "Ghost", ...mine("g1") }),
      () => overriddenNames(env.DB, "Ghost", ["a", "b"]),
    ]) {
      expect(await planOf(work)).not.toContain("SCAN");
    }
    const plan = await planOf(() => reachableResources(env.DB, []));
    expect(plan).toContain("SEARCH resources USING INDEX sqlite_autoindex_resources_1");
    expect(plan).toMatch(/SEARCH resource_refs USING (COVERING )?INDEX/);
    expect(plan).not.toMatch(/SCAN (resources|resource_refs)\b/);
  });
});
