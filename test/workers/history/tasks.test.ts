import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listTasks } from "../../../src/history/tasks";
import { encodeCursor } from "../../../src/protocol/cursor";
import { type ListTasks, listTasks as listTasksQuery } from "../../../src/protocol/rest/list-tasks";
import type { Page } from "../../../src/protocol/rest/page";
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
    ["a letter", { q: "W" }, "two"],
    ["a letter of none", { q: "q" }, ""],
    ["two letters", { q: "ON" }, "one"],
    ["letters that are all there, but not together", { q: "thee" }, ""],
    ["a space alone", { q: " " }, ""],
    ["a character of two code units", { q: "\u{1f600}" }, ""],
    ["half of such a character", { q: "\ud83d" }, ""],
    ["a NUL", { q: "two\0" }, ""],
    ["a label's text is no title", { q: "env=prod" }, ""],
    ["a label of a name that is a path", { label: [{ key: "$.env", value: "prod" }] }, ""],
    ["a label of quotes", { label: [{ key: '"', value: "'" }] }, ""],
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

  it.each([
    '"',
    '""',
    "two OR three",
    "t*",
    "titles:two",
    "-two",
    "NEAR(t w)",
    "(",
    "two AND",
    "^two",
    "{t}",
  ])("the search's own syntax is text: %s", async (q) => {
    expect(await titles({ q })).toBe("");
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
      made.unshift(await stored(aTask({}, START + minutes * MINUTE)));
    }
    expect(await walk(limit)).toEqual(made.map(({ id }) => id));
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

  it.each([
    ["no base64", "%%%"],
    ["no JSON", btoa("hello")],
    ["another shape", encodeCursor({ a: 1 })],
    ["an unknown member", encodeCursor({ entry: "1", x: 1 })],
    ["a number", encodeCursor({ entry: 1 })],
    ["a text that is no number", encodeCursor({ entry: "1 OR 1" })],
    ["a number of too many bits", encodeCursor({ entry: "9223372036854775808" })],
    ["nesting without end", btoa("[".repeat(5000))],
    ["bytes that are no text", "____"],
  ])("refuse a cursor with %s", async (_name, cursor) => {
    expect(await listTasks(env.DB, "alice", { limit: 1, cursor })).toMatchObject({
      ok: false,
      refusal: { code: "invalid_request", issues: [{ path: "cursor" }] },
    });
  });
});
