import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ListTasks } from "../../../src/protocol/rest/list-tasks";
import type { Task } from "../../../src/protocol/task";
import { START } from "../history/build";
import { TaskWorld } from "./task-world";

const STATUSES = ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"] as const;
const NAMES = ["a", "b", "ab", "Äb"] as const;

/** What a room does to the `task`th of six tasks; `late` is told again after all that follows. */
type Step = {
  task: number;
  does: "change" | "delete" | "remove" | "let in";
  status: (typeof STATUSES)[number];
  title: string;
  label: string;
  waits: boolean;
  isLate: boolean;
};

const step: fc.Arbitrary<Step> = fc.record({
  task: fc.nat({ max: 5 }),
  does: fc.constantFrom("change", "change", "change", "delete", "remove", "let in"),
  status: fc.constantFrom(...STATUSES),
  title: fc.constantFrom(...NAMES),
  label: fc.constantFrom("x", "y"),
  waits: fc.boolean(),
  isLate: fc.boolean(),
});

const query: fc.Arbitrary<Partial<ListTasks>> = fc.record(
  {
    status: fc.uniqueArray(fc.constantFrom(...STATUSES), { minLength: 1 }),
    label: fc.constantFrom("x", "y").map((value) => [{ key: "l", value }]),
    q: fc.constantFrom("a", "B", "äB", "c"),
    waiting: fc.boolean(),
    createdAfter: fc.nat({ max: 5 }).map((i) => new Date(START + i * 1000).toISOString()),
  },
  { requiredKeys: [] },
);

/** A list kept as plainly as can be. */
class Model {
  readonly #shown = new Map<number, Task>();

  set(i: number, task: Task | undefined): void {
    if (task) this.#shown.set(i, task);
    else this.#shown.delete(i);
  }

  ids({ status, label = [], q, waiting, createdAfter = "" }: Partial<ListTasks>): string[] {
    const folded = (text: string) => text.normalize("NFC").toLowerCase();
    return [...this.#shown]
      .sort(([a], [b]) => b - a)
      .map(([, task]) => task)
      .filter((task) => !status || status.includes(task.status))
      .filter((task) => label.every(({ key, value }) => task.labels[key] === value))
      .filter((task) => q === undefined || folded(task.title).includes(folded(q)))
      .filter((task) => waiting === undefined || waiting === (task.waitingFor !== undefined))
      .filter((task) => task.createdAt > createdAfter)
      .map(({ id }) => id);
  }
}

/** Plays what rooms tell, doubled and late, and says it to the model once and in order. */
async function play(world: TaskWorld, steps: Step[]): Promise<Model> {
  const model = new Model();
  const tasks = Array.from({ length: 6 }, (_, i) => world.task({ headSeq: 0 }, START + i * 1000));
  const gone = new Set<number>();
  const again: (() => Promise<void>)[] = [];
  for (const { task: i, does, isLate, ...change } of steps) {
    const old = tasks[i];
    if (!old || gone.has(i)) continue;
    const headSeq = old.headSeq + 1;
    const { status, title, label, waits } = change;
    const { waitingFor: _, ...rest } = old;
    const waiting = waits ? { waitingFor: "confirmation" as const } : {};
    const task: Task = { ...rest, ...waiting, status, title, labels: { l: label }, headSeq };
    tasks[i] = task;
    const tells = {
      change: () => world.hear(task),
      "let in": () => world.hear(task),
      delete: () => world.deleted(task, headSeq),
      remove: () => world.left(task, headSeq),
    }[does];
    if (does === "delete") gone.add(i);
    model.set(i, does === "change" || does === "let in" ? task : undefined);
    await tells();
    again.push(tells);
    if (isLate) for (const tell of again) await tell();
  }
  for (const tell of again) await tell();
  return model;
}

it("[O2] a list is what rooms said last, in any order of filters, whatever comes late or twice", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 14 }),
      fc.array(query, { minLength: 3, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, queries, limit) => {
        const world = new TaskWorld();
        const model = await play(world, steps);
        for (const asked of [{}, ...queries]) {
          expect(await walk(world, { ...asked, limit })).toEqual(model.ids(asked));
        }
      },
    ),
    { numRuns: 30 },
  );
});

it("[O3] while one pages, tasks change, come and go: none that stays is lost or doubled", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 10 }),
      fc.integer({ min: 1, max: 3 }),
      async (steps, limit) => {
        const world = new TaskWorld();
        const staying = Array.from({ length: 5 }, (_, i) =>
          world.task({ title: "stays" }, START + i * 2000 + 1),
        );
        for (const task of staying) await world.hear(task);
        let n = 0;
        const seen = await walk(world, { limit }, async () => {
          const { status, title, does } = steps[n++ % steps.length] ?? {};
          const other = world.task({ title: title ?? "a" }, START + n * 1500);
          await world.hear(other);
          if (does === "delete") await world.deleted(other, 2);
          const changed = staying[n % staying.length];
          if (!changed || !status) return;
          await world.hear({ ...changed, status, headSeq: changed.headSeq + n });
        });
        const ids = staying.map(({ id }) => id).reverse();
        expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
        expect(new Set(seen).size).toBe(seen.length);
      },
    ),
    { numRuns: 20 },
  );
});

async function walk(
  world: TaskWorld,
  asked: Partial<ListTasks>,
  between = async () => {},
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages++) {
    const page = await world.page({ ...asked, cursor });
    seen.push(...page.items.map(({ id }) => id));
    if (page.nextCursor === null) return seen;
    cursor = page.nextCursor;
    await between();
  }
  throw new Error("a list without an end");
}
