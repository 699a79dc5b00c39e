import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { claimKey, dropExpiredKeys, type KeyClaim } from "../../../src/history/idempotency";
import { clear, START } from "./build";

const DAY = 24 * 60 * 60 * 1000;
const first: KeyClaim = {
  userId: "alice",
  key: "k",
  bodyHash: "h1",
  taskId: "task_1",
  now: START,
};

beforeEach(clear);

describe("after a first claim", () => {
  it.each<[string, Partial<KeyClaim>, Awaited<ReturnType<typeof claimKey>>]>([
    [
      "the same key and body give its task",
      { taskId: "task_2" },
      { taskId: "task_1", fresh: false },
    ],
    ["another body conflicts", { taskId: "task_2", bodyHash: "h2" }, "conflict"],
    [
      "another user's key is free",
      { taskId: "task_2", userId: "bob" },
      { taskId: "task_2", fresh: true },
    ],
    ["another key is free", { taskId: "task_2", key: "K" }, { taskId: "task_2", fresh: true }],
    [
      "it holds for 24 h",
      { taskId: "task_2", now: START + DAY - 1 },
      { taskId: "task_1", fresh: false },
    ],
    [
      "it is free after 24 h, whatever the body",
      { taskId: "task_2", bodyHash: "h2", now: START + DAY },
      { taskId: "task_2", fresh: true },
    ],
  ])("%s", async (_name, over, expected) => {
    expect(await claimKey(env.DB, first)).toEqual({ taskId: "task_1", fresh: true });
    expect(await claimKey(env.DB, { ...first, ...over })).toEqual(expected);
  });

  it("the claim of a freed key holds in its turn", async () => {
    await claimKey(env.DB, first);
    const now = START + DAY;
    await claimKey(env.DB, { ...first, taskId: "task_2", now });
    expect(await claimKey(env.DB, { ...first, taskId: "task_3", now: now + 1 })).toEqual({
      taskId: "task_2",
      fresh: false,
    });
  });
});

it("of claims at the same time exactly one is fresh, and all name its task", async () => {
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, i) => claimKey(env.DB, { ...first, taskId: `task_${i}` })),
  );
  const settled = claims.filter((claim) => claim !== "conflict");
  expect(settled.filter(({ fresh }) => fresh)).toHaveLength(1);
  expect(new Set(settled.map(({ taskId }) => taskId)).size).toBe(1);
});

it("expired keys are dropped, the oldest first, others stay", async () => {
  for (const [i, now] of [START, START + 1, START + DAY].entries()) {
    await claimKey(env.DB, { ...first, key: `k${i}`, now });
  }
  await dropExpiredKeys(env.DB, START + DAY + 5, 1);
  const rows = await env.DB.prepare("SELECT key FROM idempotency_keys ORDER BY key").all();
  expect(rows.results).toEqual([{ key: "k1" }, { key: "k2" }]);
});
