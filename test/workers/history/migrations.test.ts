import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { listTasks } from "../../../src/history/tasks";
import type { ListTasks } from "../../../src/protocol/rest/list-tasks";

/** The last migration before lists had entries and a search. */
const BEFORE = "0002_resources.sql";

async function insert(name: string, createdAt: string): Promise<void> {
  const id = `task_${name.padStart(26, "0")}`;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO tasks (id, title, title_folded, team_namespace, team_name, status, labels,
        metadata, created_by, created_at, updated_at, head_seq, epoch, projected_seq)
      VALUES (?1, ?2, ?2, 'system', 'assistant', 'PENDING', '{"a":"b"}', '{}', 'alice', ?3, ?3, 1, 'e', 1)`,
    ).bind(id, `task ${name}`, createdAt),
    env.DB.prepare(
      "INSERT INTO task_members VALUES (?, 'alice', 'owner', 'PENDING', 'system/assistant', ?)",
    ).bind(id, createdAt),
  ]);
}

it("tasks from before there was a search are listed in their order, and found", async () => {
  await reset();
  const at = env.TEST_MIGRATIONS.findIndex(({ name }) => name === BEFORE);
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS.slice(0, at + 1));
  await insert("b2", "2026-11-01T00:00:00.250Z");
  await insert("a1", "2026-11-01T00:00:00.249Z");
  await insert("c3", "2026-11-01T00:00:00.250Z");
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);

  const titles = async (query: Partial<ListTasks>) => {
    const outcome = await listTasks(env.DB, "alice", { limit: 5, ...query });
    return outcome.ok && outcome.value.items.map(({ title }) => title);
  };
  expect(await titles({})).toEqual(["task c3", "task b2", "task a1"]);
  expect(await titles({ q: "sk c" })).toEqual(["task c3"]);
  expect(await titles({ label: [{ key: "a", value: "b" }], q: "1" })).toEqual(["task a1"]);
  expect(await titles({ createdAfter: "2026-11-01T00:00:00.249Z" })).toHaveLength(2);
});
