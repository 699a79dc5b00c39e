import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { findMessageSeq, type MessageRange, readMessages } from "../../../src/history/messages";
import { newestResources, overriddenNames } from "../../../src/history/resources";
import { recorded, slowSteps } from "../../support/recorded-d1";

const SMALL = 1000;
const LARGE = 100_000;
const RESOURCES = 10_000;
const PAGE = 50;
/** Rows that a page may read: of the index and of the table for each item, and a few of each range. */
const A_PAGE = 2 * PAGE + 10;

const idOf = (task: string, seq: number) => `msg_${task}${String(seq).padStart(22, "0")}`;
const taskOf = (task: string) => `task_${task.padEnd(26, "0")}`;

/** A user's message and an answer by turns; every 1,000th is of the system, every 100th in a side thread. */
async function makeMessages(task: string, count: number): Promise<void> {
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO messages (id, task_id, seq, turn_id, thread_id, role, content, status, created_at, metadata)
    SELECT printf('msg_%s%022d', ?1, i), ?3, i, ?4, iif(i % 100, 'main', 'side'),
      iif(i % 1000 = 1, 'system', iif(i % 2, 'user', 'assistant')), 'message ' || i, 'complete',
      '2026-11-01T00:00:00.000Z', '{}' FROM n`,
  )
    .bind(task, count, taskOf(task), `turn_${"0".repeat(26)}`)
    .run();
}

describe("a task's messages", () => {
  beforeAll(async () => {
    await makeMessages("aaaa", SMALL);
    await makeMessages("zzzz", LARGE);
  });

  const RANGES: [string, Omit<MessageRange, "limit">, (seq: number) => boolean][] = [
    ["all", {}, () => true],
    ["of a role", { roles: ["user"] }, (seq) => seq % 2 === 1 && seq % 1000 !== 1],
    ["of a rare role", { roles: ["system"] }, (seq) => seq % 1000 === 1],
    [
      "of two roles",
      { roles: ["system", "assistant"] },
      (seq) => seq % 2 === 0 || seq % 1000 === 1,
    ],
    ["of a thread", { threadId: "side" }, (seq) => seq % 100 === 0],
    ["of none of a thread's", { threadId: "side", roles: ["user"] }, () => false],
  ];
  const TASKS: [string, number][] = [
    ["aaaa", SMALL],
    ["zzzz", LARGE],
  ];

  it.each(RANGES)(
    "%s: a page of any part reads about a page, by an index",
    async (_name, range, holds) => {
      for (const [task, count] of TASKS) {
        const matching = Array.from({ length: count }, (_, i) => i + 1).filter(holds);
        const middle = count / 2;
        const pages: [Omit<MessageRange, "limit">, number[]][] = [
          [{}, matching.slice(-PAGE)],
          [{ beforeSeq: middle }, matching.filter((seq) => seq < middle).slice(-PAGE)],
          [{ afterSeq: middle }, matching.filter((seq) => seq > middle).slice(0, PAGE)],
          [{ afterSeq: 0 }, matching.slice(0, PAGE)],
        ];
        for (const [part, expected] of pages) {
          const { result, asked } = await recorded(env.DB, (db) =>
            readMessages(db, taskOf(task), { ...range, ...part, limit: PAGE }),
          );
          expect(result.items.map(({ seq }) => seq)).toEqual(expected);
          expect(slowSteps(asked.plan)).toEqual([]);
          expect(asked.rowsRead).toBeLessThanOrEqual(A_PAGE);
        }
      }
    },
  );

  it("one is found by its id at once", async () => {
    const { result, asked } = await recorded(env.DB, (db) =>
      findMessageSeq(db, taskOf("zzzz"), idOf("zzzz", 77_777)),
    );
    expect(result).toBe(77_777);
    expect(asked.rowsRead).toBeLessThanOrEqual(2);
  });
});

describe(`${RESOURCES} resources of a namespace`, () => {
  const KINDS = ["Ghost", "Model", "Shell", "Bot", "Team"] as const;
  const at = (i: number) => new Date(Date.UTC(2026, 10, 1) + i * 1000).toISOString();

  beforeAll(async () => {
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
      INSERT INTO resources (kind, namespace, name, spec, secrets, refs, version, created_at, updated_at)
      SELECT 'Ghost', 'system', 'ghost-' || i, '{"systemPrompt":"hello"}', '{}', '[]', 1,
        strftime('%FT%T.000Z', ?2 + i, 'unixepoch'), '2026-11-01T00:00:00.000Z' FROM n`,
    )
      .bind(RESOURCES, Date.UTC(2026, 10, 1) / 1000)
      .run();
  });

  it.each([
    ["the first page", RESOURCES],
    ["a page in the middle", RESOURCES / 2],
    ["the last page", PAGE],
  ])("%s reads a page, by an index", async (_name, from) => {
    const after = { createdAt: at(from), namespace: "system", name: `ghost-${from}` };
    const { result, asked } = await recorded(env.DB, (db) =>
      newestResources(db, { kind: "Ghost", namespace: "system" }, { after, limit: PAGE }),
    );
    const names = Array.from({ length: PAGE }, (_, i) => `ghost-${from - 1 - i}`);
    expect(result.map(({ resource }) => resource.metadata.name)).toEqual(names);
    expect(slowSteps(asked.plan)).toEqual([]);
    expect(asked.rowsRead).toBeLessThanOrEqual(A_PAGE);
  });

  it.each(KINDS)("what ships of %s and is overridden is looked up by name", async (kind) => {
    const { asked } = await recorded(env.DB, (db) => overriddenNames(db, kind, ["ghost-1", "x"]));
    expect(slowSteps(asked.plan)).toEqual([]);
    expect(asked.rowsRead).toBeLessThanOrEqual(4);
  });
});
