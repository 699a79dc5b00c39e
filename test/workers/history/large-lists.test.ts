import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { listTasks } from "../../../src/history/tasks";
import { encodeCursor } from "../../../src/protocol/cursor";
import type { ListTasks } from "../../../src/protocol/rest/list-tasks";
import type { Page } from "../../../src/protocol/rest/page";
import type { Task } from "../../../src/protocol/task";
import { recorded, slowSteps } from "../../support/recorded-d1";
import { clear, START } from "./build";

const SMALL = 1000;
const LARGE = 10_000;
/** Rows that a page of 50 may read: some of the index and of two tables for each of its items. */
const A_PAGE = 500;
/** Where filters hold together for few of the many tasks that each holds for: the search is cut off. */
const CUT_OFF = 6000;

/**
 * Task `i` was made in second `i`. All but every 50th are COMPLETED. A label that all have, one
 * by the last digit, one of a single task; "rare" titles are in the older half only.
 */
async function makeTasks(user: string, count: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
      INSERT INTO tasks (id, title, title_folded, team_namespace, team_name, status, labels,
        metadata, created_by, created_at, updated_at, head_seq, epoch, projected_seq)
      SELECT printf('task_%026d', i + ?3), printf('Report %d on %s', i, iif(i % 2, 'Rivers', 'Lakes')),
        printf('report %d on %s', i, iif(i % 2, 'rivers', 'lakes')),
        'system', iif(i % 10, 'assistant', 'crew'), iif(i % 50, 'COMPLETED', 'FAILED'),
        json_object('env', 'prod', 'digit', cast(i % 10 AS text), 'one', iif(i = 7, 'y', 'n')),
        '{}', ?1, strftime('%FT%T.000Z', ?4 + i, 'unixepoch'), '2026-11-01T00:00:00.000Z', 1, 'e1', 1
      FROM n`,
    ).bind(user, count, user === "large" ? 100_000 : 0, START / 1000),
    env.DB.prepare(
      `INSERT INTO task_members (entry, task_id, user_id, role, status)
      SELECT (unixepoch(created_at) * 1000 << 20) + CAST(?2 AS INTEGER), id, ?1, 'owner', status
      FROM tasks WHERE created_by = ?1`,
    ).bind(user, user === "large" ? 1 : 0),
  ]);
}

async function list(user: string, query: Partial<ListTasks>) {
  const { result, asked } = await recorded(env.DB, (db) =>
    listTasks(db, user, { limit: 50, ...query }),
  );
  if (!result.ok) throw new Error(result.refusal.message);
  return { page: result.value, asked };
}

const numbers = ({ items }: Page<Task>) => items.map(({ title }) => Number(title.split(" ")[1]));

/** The cursor of the page after task `i`. */
function after(i: number, user: string): string {
  const within = user === "large" ? 1n : 0n;
  return encodeCursor({ entry: String((BigInt(START + i * 1000) << 20n) + within) });
}

function second(i: number): string {
  return new Date(START + i * 1000).toISOString();
}

beforeAll(async () => {
  await clear();
  await makeTasks("small", SMALL);
  await makeTasks("large", LARGE);
});

const crew = { namespace: "system", name: "crew" };
const prod = { key: "env", value: "prod" };
const digit = (value: string) => ({ key: "digit", value });

const FILTERS: [string, Partial<ListTasks>, (i: number) => boolean][] = [
  ["none", {}, () => true],
  ["a status of many", { status: ["COMPLETED"] }, (i) => i % 50 !== 0],
  ["a status of few", { status: ["FAILED"] }, (i) => i % 50 === 0],
  ["a status of none", { status: ["RUNNING"] }, () => false],
  ["two statuses", { status: ["FAILED", "COMPLETED", "FAILED"] }, () => true],
  [
    "all statuses",
    { status: ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"] },
    () => true,
  ],
  ["a label of all", { label: [prod] }, () => true],
  ["a label of one", { label: [{ key: "one", value: "y" }] }, (i) => i === 7],
  ["a label of none", { label: [{ key: "env", value: "test" }] }, () => false],
  ["two labels", { label: [prod, digit("3")] }, (i) => i % 10 === 3],
  ["labels that no task has both of", { label: [digit("3"), digit("4")] }, () => false],
  ["a team", { team: crew }, (i) => i % 10 === 0],
  ["a team of none", { team: { ...crew, name: "other" } }, () => false],
  ["a title of half", { q: "RIVERS" }, (i) => i % 2 === 1],
  ["a title of one", { q: "report 77 on" }, (i) => i === 77],
  ["a title of none", { q: "oceans" }, () => false],
  ["two letters", { q: "iv" }, (i) => i % 2 === 1],
  ["two letters of none", { q: "zz" }, () => false],
  ["a letter", { q: "k" }, (i) => i % 2 === 0],
  ["a letter of none", { q: "z" }, () => false],
  ["a title longer than any", { q: "report ".repeat(28) }, () => false],
  ["created after", { createdAfter: second(499) }, (i) => i >= 500],
  ["created before", { createdBefore: second(500) }, (i) => i < 500],
  ["created between", { createdAfter: second(99), createdBefore: second(101) }, (i) => i === 100],
  ["a title and a time", { q: "lakes", createdBefore: second(500) }, (i) => i < 500 && i % 2 === 0],
  ["a title, a team and a label", { q: "lakes", team: crew, label: [prod] }, (i) => i % 10 === 0],
  ["a status of many and a title", { status: ["COMPLETED"], q: "ver" }, (i) => i % 2 === 1],
  [
    "statuses, a title and a time",
    { status: ["COMPLETED", "FAILED"], q: "ver", createdAfter: second(8) },
    (i) => i > 8 && i % 2 === 1,
  ],
];

describe.each(FILTERS)("%s", (_name, query, holds) => {
  it.each([
    ["small", SMALL],
    ["large", LARGE],
  ])("of the %s list: the right tasks, by an index, reading about a page", async (user, count) => {
    const expected = Array.from({ length: count }, (_, i) => count - 1 - i).filter(holds);
    const middle = Math.floor(count / 2);
    const first = await list(user, query);
    expect(numbers(first.page)).toEqual(expected.slice(0, 50));
    const deep = await list(user, { ...query, cursor: after(middle, user) });
    expect(numbers(deep.page)).toEqual(expected.filter((i) => i < middle).slice(0, 50));
    for (const { asked } of [first, deep]) {
      expect(slowSteps(asked.plan)).toEqual([]);
      expect(asked.rowsRead).toBeLessThanOrEqual(A_PAGE);
    }
  });
});

describe("filters that each hold for many and together for few", () => {
  const FEW: [string, Partial<ListTasks>, (i: number) => boolean][] = [
    ["a status of few, a label of all", { status: ["FAILED"], label: [prod] }, (i) => i % 50 === 0],
    ["a status of few, a title of others", { status: ["FAILED"], q: "rivers" }, () => false],
    [
      "a status of none, and the rest",
      { status: ["RUNNING"], q: "lakes", label: [prod], team: crew },
      () => false,
    ],
    [
      "labels and a status of others",
      { status: ["COMPLETED"], label: [digit("0"), prod], q: "lakes" },
      (i) => i % 10 === 0 && i % 50 !== 0,
    ],
  ];

  it.each(FEW)(
    "%s: found all the same, looking at a bounded number",
    async (_name, query, holds) => {
      const expected = Array.from({ length: LARGE }, (_, i) => LARGE - 1 - i).filter(holds);
      const { page, asked } = await list("large", query);
      expect(numbers(page)).toEqual(expected.slice(0, 50));
      expect(slowSteps(asked.plan)).toEqual([]);
      expect(asked.rowsRead).toBeLessThanOrEqual(CUT_OFF);
    },
  );

  it("a page is left short rather than that it reads everything, and its cursor goes on to the end", async () => {
    // None of the newer half that the title finds has the status, and many others have.
    await env.DB.prepare(
      "UPDATE task_members SET status = 'CANCELLED' WHERE user_id = 'large' AND entry >= (? << 20)",
    )
      .bind(START + 5_000_000)
      .run();
    const seen: number[] = [];
    const lengths: number[] = [];
    let cursor: string | undefined;
    do {
      const { page, asked } = await list("large", { status: ["COMPLETED"], q: "rivers", cursor });
      expect(asked.rowsRead).toBeLessThanOrEqual(CUT_OFF);
      seen.push(...numbers(page));
      lengths.push(page.items.length);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && lengths.length < 100);
    expect(lengths.slice(0, 2)).toEqual([0, 0]);
    expect(seen).toEqual(
      Array.from({ length: LARGE }, (_, i) => LARGE - 1 - i).filter((i) => i < 5000 && i % 2 === 1),
    );
  });
});
