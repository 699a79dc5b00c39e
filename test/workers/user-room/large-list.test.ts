import { beforeAll, describe, expect, it } from "vitest";
import { Tables } from "../../../src/durable-objects/user-room/tables";
import { listTasks, readCursor } from "../../../src/durable-objects/user-room/tasks/task-list";
import { encodeCursor } from "../../../src/protocol/cursor";
import type { ListTasks } from "../../../src/protocol/rest/list-tasks";
import type { Page } from "../../../src/protocol/rest/page";
import type { Task } from "../../../src/protocol/task";
import { slowSteps } from "../../support/recorded-d1";
import { recordedSql } from "../../support/recorded-sql";
import { START } from "../history/build";
import { TaskWorld } from "./task-world";

const SMALL = 500;
const LARGE = 10_000;
/** Rows that a page of 50 may read: some of the index and of the table for each of its items. */
const A_PAGE = 500;
/** Where filters hold together for few of the many tasks that each holds for: the search is cut off. */
const CUT_OFF = 6000;

const worlds = { small: new TaskWorld(), large: new TaskWorld() };
type Size = keyof typeof worlds;

/**
 * Task `i` was made in second `i`. All but every 50th are COMPLETED, every 500th waits. A label that all
 * have, one by the last digit, one of a single task.
 */
async function makeTasks(size: Size, count: number): Promise<void> {
  const world = worlds[size];
  await world.use((_, { storage }) => {
    storage.transactionSync(() => {
      const { tasks } = Tables.make(storage);
      for (let i = 0; i < count; i++) {
        const task = world.task(
          {
            title: `Report ${i} on ${i % 2 ? "Rivers" : "Lakes"}`,
            teamRef: { namespace: "system", name: i % 10 ? "assistant" : "crew" },
            status: i % 50 ? "COMPLETED" : "FAILED",
            labels: { env: "prod", digit: String(i % 10), one: i === 7 ? "y" : "n" },
            ...(i % 500 === 0 && { waitingFor: "confirmation" }),
            key: `key-${i}`,
          },
          START + i * 1000,
        );
        tasks.put({ task, seq: task.headSeq, inviter: "" });
      }
    });
  });
}

async function list(size: Size, query: Partial<ListTasks>) {
  const whole = { limit: 50, ...query };
  const { result: page, asked } = await worlds[size].use((_, { storage }) =>
    recordedSql(storage.sql, (sql) => listTasks(sql, whole, readCursor(whole) ?? {})),
  );
  return { page, asked };
}

const numbers = ({ items }: Page<Task>) => items.map(({ title }) => Number(title.split(" ")[1]));

/** The cursor of the page after task `i`. */
function after(i: number): string {
  return encodeCursor({ entry: String(BigInt(START + i * 1000) << 20n) });
}

function second(i: number): string {
  return new Date(START + i * 1000).toISOString();
}

beforeAll(async () => {
  await makeTasks("small", SMALL);
  await makeTasks("large", LARGE);
}, 120_000);

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
  ["a letter", { q: "k" }, (i) => i % 2 === 0],
  ["a letter of none", { q: "z" }, () => false],
  ["created after", { createdAfter: second(249) }, (i) => i >= 250],
  ["created before", { createdBefore: second(250) }, (i) => i < 250],
  ["created between", { createdAfter: second(99), createdBefore: second(101) }, (i) => i === 100],
  ["a key", { key: "key-77" }, (i) => i === 77],
  ["a key of none", { key: "key" }, () => false],
  ["those that wait", { waiting: true }, (i) => i % 500 === 0],
  ["those that don't", { waiting: false }, (i) => i % 500 !== 0],
  ["a title and a time", { q: "lakes", createdBefore: second(250) }, (i) => i < 250 && i % 2 === 0],
  ["a title, a team and a label", { q: "lakes", team: crew, label: [prod] }, (i) => i % 10 === 0],
  ["a status of many and a title", { status: ["COMPLETED"], q: "ver" }, (i) => i % 2 === 1],
  [
    "statuses, a title and a time",
    { status: ["COMPLETED", "FAILED"], q: "ver", createdAfter: second(8) },
    (i) => i > 8 && i % 2 === 1,
  ],
];

describe.each(FILTERS)("[O3] %s", (_name, query, holds) => {
  it.each<[Size, number]>([
    ["small", SMALL],
    ["large", LARGE],
  ])("of the %s list: the right tasks, by an index, reading about a page", async (size, count) => {
    const expected = Array.from({ length: count }, (_, i) => count - 1 - i).filter(holds);
    const middle = Math.floor(count / 2);
    const first = await list(size, query);
    expect(numbers(first.page)).toEqual(expected.slice(0, 50));
    const deep = await list(size, { ...query, cursor: after(middle) });
    expect(numbers(deep.page)).toEqual(expected.filter((i) => i < middle).slice(0, 50));
    for (const { asked } of [first, deep]) {
      expect(slowSteps(asked.plan)).toEqual([]);
      expect(asked.rowsRead).toBeLessThanOrEqual(A_PAGE);
    }
  });
});

describe("[O3] filters that each hold for many and together for few", () => {
  it.each<[string, Partial<ListTasks>, (i: number) => boolean]>([
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
  ])("%s: found all the same, looking at a bounded number", async (_name, query, holds) => {
    const expected = Array.from({ length: LARGE }, (_, i) => LARGE - 1 - i).filter(holds);
    const { page, asked } = await list("large", query);
    expect(numbers(page)).toEqual(expected.slice(0, 50));
    expect(slowSteps(asked.plan)).toEqual([]);
    expect(asked.rowsRead).toBeLessThanOrEqual(CUT_OFF);
  });

  it("a page is left short rather than that it reads everything, and its cursor goes on to the end", async () => {
    // None of the newer half that the title finds has the status, and many others have.
    await worlds.large.use((_, { storage: { sql } }) => {
      sql.exec("UPDATE tasks SET status = 'CANCELLED' WHERE entry >= (? << 20)", START + 5_000_000);
    });
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

describe("what a home reads and writes beside its lists, in a list of 10,000", () => {
  it("is found by an index", async () => {
    const { world, task } = { world: worlds.large, task: worlds.large.task({ createdBy: "bob" }) };
    await world.use((_, { storage }) => {
      const { sql } = storage;
      const exec = sql.exec.bind(sql);
      const plans: string[] = [];
      const rowsRead: number[] = [];
      Object.defineProperty(sql, "exec", {
        configurable: true,
        value: (text: string, ...values: SqlStorageValue[]) => {
          const steps = exec(`EXPLAIN QUERY PLAN ${text}`, ...values).toArray();
          plans.push(...steps.map(({ detail }) => `${detail}`));
          const cursor = exec(text, ...values);
          rowsRead.push(cursor.rowsRead);
          return cursor;
        },
      });
      try {
        storage.transactionSync(() => world.write(storage, task));
      } finally {
        Reflect.deleteProperty(sql, "exec");
      }
      expect(
        slowSteps(plans).filter((step) => !/filling|storage_steps|sqlite_schema/.test(step)),
      ).toEqual([]);
      expect(Math.max(...rowsRead)).toBeLessThanOrEqual(10);
    });
  });
});
