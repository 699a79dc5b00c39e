import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeCursor } from "../../../src/history/cursor";
import { listTasks } from "../../../src/history/tasks";
import type { Page } from "../../../src/protocol/rest";
import { type ListTasks, listTasks as listTasksQuery } from "../../../src/protocol/rest";
import type { Task } from "../../../src/protocol/task";
import { aTask, clear, START, stored } from "./build";

const MINUTE = 60_000;

async function list(query: Partial<ListTasks>, userId = "alice"): Promise<Page<Task>> {
  const outcome = await listTasks(env.DB, userId, { limit: 50, ...query });
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

async function titles(query: Partial<ListTasks>, userId = "alice"): Promise<string> {
  const { items } = await list(query, userId);
  return items.map(({ title }) => title).join(" ");
}

function at(minutes: number): string {
  return new Date(START + minutes * MINUTE).toISOString();
}

describe("every filter, alone and with others", () => {
  beforeAll(async () => {
    await clear();
    const make = (title: string, minutes: number, over: Partial<Task>) =>
      stored(aTask({ title, ...over }, START + minutes * MINUTE));
    await make("one", 1, { status: "RUNNING", labels: { env: "prod", kind: "a" } });
    await make("two", 2, { status: "FAILED", labels: { env: "prod" } });
    await make("three", 3, { status: "RUNNING", labels: { env: "dev=1" } });
    await make("ÄÖ-50%_x", 4, { teamRef: { namespace: "alice/x", name: "crew" } });
    await stored(aTask({ title: "bobs" }), { members: [{ userId: "bob", role: "owner" }] });
  });

  it.each<[string, Partial<ListTasks>, string]>([
    ["none: newest first", {}, "ÄÖ-50%_x three two one"],
    ["one status", { status: ["RUNNING"] }, "three one"],
    ["several statuses are any of them", { status: ["FAILED", "RUNNING"] }, "three two one"],
    ["the same status twice", { status: ["FAILED", "FAILED"] }, "two"],
    ["a label", { label: [{ key: "env", value: "prod" }] }, "two one"],
    [
      "a label whose value has an equals sign",
      { label: [{ key: "env", value: "dev=1" }] },
      "three",
    ],
    [
      "several labels are all of them",
      {
        label: [
          { key: "env", value: "prod" },
          { key: "kind", value: "a" },
        ],
      },
      "one",
    ],
    ["a label's value of another key", { label: [{ key: "kind", value: "prod" }] }, ""],
    ["a team", { team: { namespace: "alice/x", name: "crew" } }, "ÄÖ-50%_x"],
    ["created after, exclusive", { createdAfter: at(2) }, "ÄÖ-50%_x three"],
    ["created before, exclusive", { createdBefore: at(2) }, "one"],
    ["a part of the title in other case", { q: "WO" }, "two"],
    ["a part of the title in other case beyond ASCII", { q: "äö" }, "ÄÖ-50%_x"],
    ["a part of the title in decomposed letters", { q: "a\u0308o\u0308" }, "ÄÖ-50%_x"],
    ["a wildcard is a character", { q: "0%_" }, "ÄÖ-50%_x"],
    ["a wildcard matches nothing else", { q: "_" }, "ÄÖ-50%_x"],
    ["a title longer than a LIKE pattern may be", { q: "x".repeat(200) }, ""],
    ["quotes are characters", { q: "' OR 1=1 --" }, ""],
    [
      "all together",
      {
        status: ["RUNNING", "FAILED"],
        label: [{ key: "env", value: "prod" }],
        team: { namespace: "system", name: "assistant" },
        createdAfter: at(0),
        createdBefore: at(2),
        q: "N",
      },
      "one",
    ],
  ])("%s", async (_name, query, expected) => {
    expect(await titles(query)).toBe(expected);
  });

  it("lists nothing of others", async () => {
    expect(await titles({}, "bob")).toBe("bobs");
    expect(await titles({}, "")).toBe("");
  });

  it("takes as many filters as the query schema allows", async () => {
    const many = Array.from({ length: 20 }, (_, i) => i);
    const query = listTasksQuery.parse({
      status: many.map((i) => ["RUNNING", "FAILED", "PENDING", "COMPLETED"][i % 4]),
      label: many.map((i) => `k${i}=v`),
      team: "system/assistant",
      createdAfter: at(0),
      createdBefore: at(9),
      q: "x",
    });
    expect(await titles(query)).toBe("");
  });
});

describe("pages", () => {
  beforeEach(clear);

  async function walk(limit: number, between = async () => {}): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | undefined;
    // More pages than any case has, so that a page that repeats itself cannot go on for ever.
    for (let pages = 0; pages < 20; pages++) {
      const page = await list({ limit, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
      await between();
    }
    return seen;
  }

  it.each([1, 2, 3, 6, 7])("of %i give every task once, also of the same moment", async (limit) => {
    const made: Task[] = [];
    for (const minutes of [0, 0, 0, 1, 1, 2]) {
      made.push(await stored(aTask({}, START + minutes * MINUTE)));
    }
    const newestFirst = made
      .toSorted((a, b) => (a.createdAt + a.id < b.createdAt + b.id ? 1 : -1))
      .map(({ id }) => id);
    expect(await walk(limit)).toEqual(newestFirst);
  });

  it("stay stable while newer tasks come", async () => {
    const made = [];
    for (let i = 0; i < 4; i++) made.unshift(await stored(aTask({}, START + i * MINUTE)));
    let minutes = 10;
    const seen = await walk(2, async () => {
      await stored(aTask({}, START + minutes++ * MINUTE));
    });
    expect(seen).toEqual(made.map(({ id }) => id));
  });

  it("end with null when the last page is full", async () => {
    await stored(aTask());
    expect((await list({ limit: 1 })).nextCursor).toBeNull();
  });

  const good = { createdAt: at(0), id: aTask().id };
  it.each([
    ["no base64", "%%%"],
    ["no JSON", btoa("hello")],
    ["another shape", encodeCursor({ a: 1 })],
    ["an unknown member", encodeCursor({ ...good, x: 1 })],
    ["a time that is none", encodeCursor({ ...good, createdAt: "yesterday" })],
    ["an id of another kind", encodeCursor({ ...good, id: "turn_1" })],
    ["nesting without end", btoa("[".repeat(5000))],
    ["bytes that are no text", "____"],
  ])("refuse a cursor with %s", async (_name, cursor) => {
    expect(await listTasks(env.DB, "alice", { limit: 1, cursor })).toMatchObject({
      ok: false,
      refusal: { code: "invalid_request", issues: [{ path: "cursor" }] },
    });
  });
});

describe("what the database does for a page", () => {
  it.each<[string, Partial<ListTasks>, string]>([
    ["no filter", {}, "task_members_newest"],
    ["a status", { status: ["FAILED"] }, "task_members_by_status"],
    ["several statuses", { status: ["FAILED", "RUNNING"] }, "task_members_newest"],
    ["a team", { team: { namespace: "n", name: "t" } }, "task_members_by_team"],
    ["times", { createdAfter: at(0), createdBefore: at(1) }, "task_members_newest"],
    ["a label and a title", { label: [{ key: "a", value: "b" }], q: "x" }, "task_members_newest"],
    [
      "a cursor",
      { cursor: encodeCursor({ createdAt: at(0), id: aTask().id }) },
      "task_members_newest",
    ],
  ])("%s: one range of one index, nothing scanned or sorted", async (_name, query, index) => {
    const prepare = vi.spyOn(env.DB, "prepare");
    await list(query);
    const statement = prepare.mock.calls[0]?.[0] ?? "";
    prepare.mockRestore();
    const bound = statement.split("?").length - 1;
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${statement}`)
      .bind(...Array(bound).fill("x"))
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail);
    expect(steps[0]).toContain(`SEARCH task_members USING INDEX ${index}`);
    expect(steps.join("\n")).not.toMatch(/SCAN|TEMP B-TREE/);
  });
});
