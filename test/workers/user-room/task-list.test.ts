import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeCursor } from "../../../src/protocol/cursor";
import { type ListTasks, listTasks as listTasksQuery } from "../../../src/protocol/rest/list-tasks";
import type { Task } from "../../../src/protocol/task";
import { START } from "../history/build";
import { refusal } from "./harness";
import { TaskWorld } from "./task-world";

const MINUTE = 60_000;

function at(minutes: number): string {
  return new Date(START + minutes * MINUTE).toISOString();
}

describe("[O3] every filter, alone and with others", () => {
  const world = new TaskWorld();

  beforeAll(async () => {
    const make = (title: string, minutes: number, over: Partial<Task>) =>
      world.hear(world.task({ title, ...over }, START + minutes * MINUTE));
    await make("one", 1, { status: "RUNNING", labels: { env: "prod", kind: "a" } });
    await make("two", 2, { status: "FAILED", labels: { env: "prod" }, key: "the second" });
    await make("three", 3, {
      status: "RUNNING",
      labels: { env: "dev=1" },
      waitingFor: "confirmation",
    });
    await make("ÄÖ-50%_x", 4, { teamRef: { namespace: "alice/x", name: "crew" } });
    await make("gone soon", 5, {
      ...{ status: "RUNNING", labels: { env: "prod" }, key: "a day", ephemeral: true },
      waitingFor: "approval",
    });
  });

  it.each<[string, Partial<ListTasks>, string]>([
    ["none: newest first", {}, "ÄÖ-50%_x three two one"],
    ["one status", { status: ["RUNNING"] }, "three one"],
    ["several statuses are any of them", { status: ["FAILED", "RUNNING"] }, "three two one"],
    ["the same status twice", { status: ["FAILED", "FAILED"] }, "two"],
    ["a label", { label: [{ key: "env", value: "prod" }] }, "two one"],
    ["a value with an equals sign", { label: [{ key: "env", value: "dev=1" }] }, "three"],
    ["several labels are all of them", { label: ["env=prod", "kind=a"].map(labelOf) }, "one"],
    ["a label's value of another key", { label: [{ key: "kind", value: "prod" }] }, ""],
    ["a label of a name that is a path", { label: [{ key: "$.env", value: "prod" }] }, ""],
    ["a label of quotes", { label: [{ key: '"', value: "'" }] }, ""],
    ["a team", { team: { namespace: "alice/x", name: "crew" } }, "ÄÖ-50%_x"],
    ["created after, exclusive", { createdAfter: at(2) }, "ÄÖ-50%_x three"],
    ["created before, exclusive", { createdBefore: at(2) }, "one"],
    ["a part of the title in other case", { q: "WO" }, "two"],
    ["a part of the title in other case beyond ASCII", { q: "äö" }, "ÄÖ-50%_x"],
    ["a part of the title in decomposed letters", { q: "a\u0308o\u0308" }, "ÄÖ-50%_x"],
    ["a wildcard is a character", { q: "0%_" }, "ÄÖ-50%_x"],
    ["a wildcard matches nothing else", { q: "_" }, "ÄÖ-50%_x"],
    ["a title longer than any", { q: "x".repeat(200) }, ""],
    ["quotes are characters", { q: "' OR 1=1 --" }, ""],
    ["a letter", { q: "W" }, "two"],
    ["two letters", { q: "ON" }, "one"],
    ["letters that are all there, but not together", { q: "thee" }, ""],
    ["half of a character of two code units", { q: "\ud83d" }, ""],
    ["a NUL", { q: "two\0" }, ""],
    ["a label's text is no title", { q: "env=prod" }, ""],
    ["a key", { key: "the second" }, "two"],
    ["a part of a key", { key: "the" }, ""],
    ["a key and a status of another", { key: "the second", status: ["RUNNING"] }, ""],
    ["those that wait for somebody", { waiting: true }, "three"],
    ["those that don't", { waiting: false }, "ÄÖ-50%_x two one"],
    ["those that wait, of a status of others", { waiting: true, status: ["FAILED"] }, ""],
    ["ephemeral ones too", { ephemeral: true }, "gone soon ÄÖ-50%_x three two one"],
    ["without ephemeral ones", { ephemeral: false }, "ÄÖ-50%_x three two one"],
    [
      "statuses of ephemeral ones too",
      { ephemeral: true, status: ["RUNNING"] },
      "gone soon three one",
    ],
    [
      "labels of ephemeral ones too",
      { ephemeral: true, label: [labelOf("env=prod")] },
      "gone soon two one",
    ],
    ["titles of ephemeral ones too", { ephemeral: true, q: "soon" }, "gone soon"],
    ["the title of an ephemeral one", { q: "soon" }, ""],
    ["the key of an ephemeral one", { key: "a day" }, ""],
    ["the key of an ephemeral one too", { key: "a day", ephemeral: true }, "gone soon"],
    ["those that wait, ephemeral ones too", { waiting: true, ephemeral: true }, "gone soon three"],
    [
      "all together",
      {
        status: ["RUNNING", "FAILED"],
        label: [labelOf("env=prod")],
        team: { namespace: "system", name: "assistant" },
        createdAfter: at(0),
        createdBefore: at(2),
        q: "N",
        waiting: false,
      },
      "one",
    ],
  ])("%s", async (_name, query, expected) => {
    expect(await world.titles(query)).toBe(expected);
  });

  it.each(['"', '""', "two OR three", "t*", "-two", "NEAR(t w)", "(", "two AND", "^two", "{t}"])(
    "the search's own syntax is text: %s",
    async (q) => {
      expect(await world.titles({ q })).toBe("");
    },
  );

  it("takes as many filters as the query schema allows", async () => {
    const many = Array.from({ length: 20 }, (_, i) => i);
    const query = listTasksQuery.parse({
      status: many.map((i) => ["RUNNING", "FAILED", "PENDING", "COMPLETED"][i % 4]),
      label: many.map((i) => `k${i}=v`),
      team: "system/assistant",
      createdAfter: at(0),
      createdBefore: at(9),
      q: "x",
      key: "k",
      waiting: "true",
    });
    expect(await world.titles(query)).toBe("");
  });

  it("what was changed is found by what it is now, and by nothing else", async () => {
    const own = new TaskWorld();
    const task = own.task({ title: "before", labels: { a: "1" } });
    await own.hear(task);
    await own.hear({ ...task, title: "after", labels: { a: "2" }, headSeq: 2 });
    expect(await own.titles({ q: "before" })).toBe("");
    expect(await own.titles({ label: [labelOf("a=1")] })).toBe("");
    expect(await own.titles({ q: "after", label: [labelOf("a=2")] })).toBe("after");
  });
});

function labelOf(text: string) {
  const [key = "", value = ""] = text.split("=");
  return { key, value };
}

describe("[O3] pages", () => {
  let world: TaskWorld;
  beforeEach(() => {
    world = new TaskWorld();
  });

  async function walk(limit: number, between = async () => {}): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | undefined;
    // More pages than any case has, so that a page that repeats itself cannot go on for ever.
    for (let pages = 0; pages < 20; pages++) {
      const page = await world.page({ limit, cursor });
      seen.push(...page.items.map(({ id }) => id));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
      await between();
    }
    return seen;
  }

  async function made(minutes: number, over: Partial<Task> = {}): Promise<string> {
    const task = world.task(over, START + minutes * MINUTE);
    await world.hear(task);
    return task.id;
  }

  it.each([1, 2, 3, 6, 7])("of %i give every task once, also of the same moment", async (limit) => {
    const ids: string[] = [];
    for (const minutes of [0, 0, 0, 1, 1, 2]) ids.unshift(await made(minutes));
    expect(await walk(limit)).toEqual(ids);
  });

  it("stay stable while newer tasks come", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.unshift(await made(i));
    let minutes = 10;
    const seen = await walk(2, async () => {
      await made(minutes++);
    });
    expect(seen).toEqual(ids);
  });

  it("end with null when the last page is full", async () => {
    await made(0);
    expect((await world.page({ limit: 1 })).nextCursor).toBeNull();
  });

  it("are bounded in bytes: what does not fit comes with the next one", async () => {
    const metadata = { text: "x".repeat(16 * 1024 - 20) };
    const labels = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [`label-${i}`, "\u0001".repeat(256)]),
    );
    const ids: string[] = [];
    for (let i = 0; i < 90; i++) ids.unshift(await made(i, { metadata, labels }));
    const first = await world.page({ limit: 200 });
    expect(first.items.length).toBeLessThan(90);
    expect(first.nextCursor).not.toBeNull();
    expect(await walk(200)).toEqual(ids);
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
  ])("refuse a cursor with %s, also where there is nothing yet", async (_name, cursor) => {
    const ask = () => world.use((room) => room.listTasks(world.userId, { limit: 1, cursor }));
    expect(refusal(await ask())).toBe("invalid_request");
    await made(0);
    expect(refusal(await ask())).toBe("invalid_request");
  });
});
