import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Said, SaidText } from "../../../src/durable-objects/user-room/api";
import { TEXT_BOUNDS } from "../../../src/durable-objects/user-room/search/text-bounds";
import { newId } from "../../../src/protocol/ids";
import type { Message } from "../../../src/protocol/message";
import type { FoundPage, SearchMessages } from "../../../src/protocol/rest/search";
import type { Task } from "../../../src/protocol/task";
import { toTimestamp } from "../../../src/protocol/time";
import { HOUR, refusal, value } from "./harness";
import { TaskWorld } from "./task-world";

const TABLES = ["texts", "text_search", "shelves", "text_sums"] as const;

/** A home whose rooms tell what was said. */
class SearchWorld extends TaskWorld {
  text(content: string, seq: number, over: Partial<SaidText> = {}): SaidText {
    const createdAt = toTimestamp(this.now + seq);
    const id = newId("msg", this.now + seq);
    return { id, seq, threadId: "main", role: "user", createdAt, content, ...over };
  }

  /** A room tells what was said after a `seq`. */
  tell(task: Task, after: number, texts: SaidText[], over: Partial<Said> = {}): Promise<void> {
    const through = Math.max(after, ...texts.map(({ seq }) => seq));
    const said = { after, through, gone: [], texts, ...over };
    return this.hear({ ...task, headSeq: said.through }, { said });
  }

  async find(q: string, query: Partial<SearchMessages> = {}): Promise<FoundPage> {
    const asked = { limit: 50, q, ...query };
    return value(await this.use((room) => room.search(this.userId, asked)));
  }

  async found(q: string): Promise<string[]> {
    return (await this.find(q)).items.map(({ snippet }) => snippet.text);
  }

  /** Rows of each of the search's tables. */
  async counts(): Promise<Record<string, number>> {
    return this.use((_, { storage }) =>
      Object.fromEntries(
        TABLES.map((table) => {
          const [row] = storage.sql.exec(`SELECT count(*) AS n FROM ${table}`).toArray();
          return [table, Number(row?.n)];
        }),
      ),
    );
  }

  /** All bytes of the index, as text. */
  async indexed(): Promise<string> {
    return this.use((_, { storage }) => {
      const rows = storage.sql.exec("SELECT block FROM text_search_data").toArray();
      const blocks = rows.map(({ block }) => (block instanceof ArrayBuffer ? block : undefined));
      return blocks.map((block) => new TextDecoder("latin1").decode(block)).join("");
    });
  }

  /** A room that answers with these messages, so many a page, newest first. */
  answers(messages: SaidText[], limit = 2): void {
    this.rooms.said = ({ cursor }) => {
      const before = cursor === undefined ? messages.length : Number(cursor);
      const from = Math.max(0, before - limit);
      const items = messages.slice(from, before) as unknown as Message[];
      return { ok: true, value: { items, nextCursor: from === 0 ? null : String(from) } };
    };
  }
}

let world: SearchWorld;
beforeEach(() => {
  world = new SearchWorld();
});

describe("[SE1] what a room has told", () => {
  it("is found with its place, also by a later instance", async () => {
    const task = world.task({ title: "Animals" });
    const text = world.text("The quick brown fox", 2, { threadId: "aside", role: "assistant" });
    await world.tell(task, 0, [text, world.text("A hen", 3)]);
    expect(await world.find("FOX")).toMatchObject({
      items: [
        {
          taskId: task.id,
          title: "Animals",
          messageId: text.id,
          seq: 2,
          threadId: "aside",
          role: "assistant",
          createdAt: text.createdAt,
          snippet: { text: "The quick brown fox", start: 0, hits: [{ start: 16, end: 19 }] },
        },
      ],
      nextCursor: null,
    });
    expect(await world.find("FOX")).not.toHaveProperty("incomplete");
  });

  it("is the user's alone, and nothing where there is none", async () => {
    await world.tell(world.task(), 0, [world.text("a secret fox", 2)]);
    const other = new SearchWorld();
    expect(await other.find("fox")).toEqual({ items: [], nextCursor: null });
    expect(await world.find("?!")).toEqual({ items: [], nextCursor: null });
  });

  it("has the title that the task has now", async () => {
    const task = world.task({ title: "Old" });
    await world.tell(task, 0, [world.text("fox", 2)]);
    await world.tell({ ...task, title: "New" }, 2, [], { through: 3 });
    expect((await world.find("fox")).items[0]?.title).toBe("New");
  });
});

describe("[SE6] what a room tells", () => {
  it("again, or late, changes nothing", async () => {
    const task = world.task();
    const [one, two] = [world.text("fox one", 2), world.text("fox two", 3)];
    await world.tell(task, 0, [one]);
    await world.tell(task, 2, [two]);
    await world.tell(task, 0, [one]);
    await world.tell(task, 0, [one, two]);
    expect((await world.found("fox")).sort()).toEqual(["fox one", "fox two"]);
    expect(await world.counts()).toMatchObject({ texts: 2, text_search: 2 });
    expect(world.rooms.asked).toEqual([]);
  });

  it("of a message anew takes the place of what it said", async () => {
    const task = world.task();
    const old = world.text("fox failed", 3);
    await world.tell(task, 0, [world.text("hen", 2), old]);
    const anew = { ...old, seq: 6, content: "fox whole" };
    await world.tell(task, 3, [anew], { gone: [old.id] });
    expect(await world.found("fox")).toEqual(["fox whole"]);
    expect(await world.found("failed")).toEqual([]);
    expect(await world.counts()).toMatchObject({ texts: 2, text_search: 2 });
  });

  it("to be superseded is found no more", async () => {
    const task = world.task();
    const old = world.text("fox", 2);
    await world.tell(task, 0, [old, world.text("hen", 3)]);
    await world.tell(task, 3, [], { through: 4, gone: [old.id] });
    expect(await world.found("fox")).toEqual([]);
    expect(await world.counts()).toMatchObject({ texts: 1, text_search: 1 });
  });

  it("is asked for where it has missed something, whole", async () => {
    const task = world.task();
    const missed = world.text("fox missed", 5);
    await world.tell(task, 0, [world.text("fox first, then withdrawn", 2)]);
    await world.tell(task, 7, [world.text("fox last", 8)]);
    world.answers([missed, world.text("fox last", 8)]);
    expect((await world.found("fox")).length).toBeGreaterThan(0);
    await expect.poll(async () => (await world.find("fox")).incomplete).toBeUndefined();
    expect(await world.found("withdrawn")).toEqual([]);
    expect(await world.found("missed")).toEqual(["fox missed"]);
  });

  it("under another epoch is another task's log: all of it is asked for", async () => {
    const task = world.task();
    await world.tell(task, 0, [world.text("fox of a lost life", 2)]);
    const hen = world.text("hen", 9);
    world.answers([world.text("fox", 2), hen]);
    await world.tell({ ...task, epoch: "another" }, 8, [hen]);
    expect(await world.found("fox")).toEqual(["fox"]);
    await expect.poll(async () => (await world.counts()).texts).toBe(2);
  });
});

describe("[SE7] what no room has told this home", () => {
  const long = () => Array.from({ length: 7 }, (_, i) => world.text(`fox ${i}`, i + 2));

  it("is asked for, page by page, with the first search that needs it", async () => {
    const task = world.task();
    world.answers(long());
    await world.tell(task, 40, [world.text("hen", 41)]);
    expect(world.rooms.asked).toEqual([]);
    expect(await world.found("fox")).toHaveLength(7);
    const asked = world.rooms.asked.length;
    expect(asked).toBe(4);
    await world.tell(task, 41, [world.text("fox anew", 42)]);
    expect(await world.found("fox")).toHaveLength(8);
    expect(world.rooms.asked).toHaveLength(asked);
  });

  it("is asked for of tasks that the release before has listed", async () => {
    const task = world.task({ headSeq: 8 });
    world.answers(long());
    await world.hear(task);
    expect(await world.found("fox")).toHaveLength(7);
    // The room goes on from there, and is not asked again.
    const asked = world.rooms.asked.length;
    await world.tell(task, 8, [world.text("fox anew", 9)]);
    expect(await world.found("fox")).toHaveLength(8);
    expect(world.rooms.asked).toHaveLength(asked);
  });

  it("is said to be missing while its room can't be asked, and comes by the alarm", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const task = world.task();
    world.answers(long());
    await world.hear(task);
    world.rooms.unreachable.add(task.id);
    expect(await world.find("fox")).toEqual({ items: [], nextCursor: null, incomplete: true });
    world.rooms.unreachable.clear();
    await world.ring();
    await world.ring();
    expect(await world.find("fox")).not.toHaveProperty("incomplete");
    expect(await world.found("fox")).toHaveLength(7);
    log.mockRestore();
  });

  it("goes on where the home died", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const task = world.task();
    const texts = long();
    world.answers(texts);
    const { said } = world.rooms;
    let pages = 0;
    world.rooms.said = (query) => {
      if (pages++ === 2) throw new Error("died");
      return said(query);
    };
    await world.hear(task);
    await world.find("fox");
    world.now += HOUR;
    const asked = pages;
    expect(await world.found("fox")).toHaveLength(7);
    expect(pages - asked).toBe(2);
    log.mockRestore();
  });

  it("begins anew where the page's edge is gone", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const task = world.task();
    world.answers(long());
    const { said } = world.rooms;
    let isRefused = false;
    world.rooms.said = (query) => {
      if (query.cursor === undefined || isRefused) return said(query);
      isRefused = true;
      return { ok: false, refusal: { code: "invalid_request", message: "no such message" } };
    };
    await world.hear(task);
    await world.find("fox");
    world.now += HOUR;
    expect(await world.found("fox")).toHaveLength(7);
    log.mockRestore();
  });

  it("does not bring back what is withdrawn while its page is on its way", async () => {
    const task = world.task({ headSeq: 8 });
    const texts = long();
    await world.hear(task);
    world.rooms.meanwhile = async () => {
      const [old] = texts.splice(3, 1);
      await world.tell(task, 8, [], { through: 9, gone: [old?.id ?? ""] });
    };
    const pages = [...texts];
    let first = true;
    world.rooms.said = () => {
      const items = (first ? pages : texts) as unknown as Message[];
      first = false;
      return { ok: true, value: { items, nextCursor: null } };
    };
    expect(await world.found("fox")).toHaveLength(6);
    expect(await world.found("3")).toEqual([]);
  });
});

describe("[SE8] a task that is gone", () => {
  it.each([
    ["erased", (task: Task) => world.deleted(task, 9)],
    ["left", (task: Task) => world.left(task, 9)],
  ])("%s leaves nothing that can be found, and no row", async (_, goes) => {
    const [task, other] = [world.task(), world.task()];
    await world.tell(task, 0, [world.text("fox", 2), world.text("fox again", 3)]);
    await world.tell(other, 0, [world.text("another fox", 2)]);
    await goes({ ...task, headSeq: 3 });
    expect(await world.found("fox")).toEqual(["another fox"]);
    expect(await world.counts()).toEqual({ texts: 1, text_search: 1, shelves: 1, text_sums: 1 });
  });

  it("leaves none of a great many either, wherever the home dies", async () => {
    const task = world.task();
    const many = Array.from({ length: 1200 }, (_, i) => world.text(`fox ${i}`, i + 2));
    await world.tell(task, 0, many);
    // As if it had died once the list had heard of it.
    await world.use((_, { storage }) => {
      storage.sql.exec("DELETE FROM tasks WHERE task_id = ?", task.id);
    });
    expect(await world.found("fox")).toEqual([]);
    await world.tell(world.task(), 0, [world.text("hen", 2)]);
    expect(await world.counts()).toMatchObject({ texts: 1, text_search: 1, shelves: 1 });
  });

  it.each([
    ["at once where nothing is left", 0],
    ["within an hour where other texts are", 1],
  ])("leaves no word of it in the index either: %s", async (_, others) => {
    const task = world.task();
    await world.tell(task, 0, [world.text("a zyzzyva", 2)]);
    if (others > 0) await world.tell(world.task(), 0, [world.text("a hen", 2)]);
    expect(await world.indexed()).toContain("zzyva");
    await world.deleted({ ...task, headSeq: 2 }, 3);
    if (others > 0) {
      world.now += HOUR;
      await world.ring();
    }
    expect(await world.indexed()).not.toContain("zzyva");
    if (others > 0) expect(await world.found("hen")).toEqual(["a hen"]);
  });

  it("is found again once the user is back in it, with what is there then", async () => {
    const task = world.task();
    await world.tell(task, 0, [world.text("fox", 2), world.text("hen", 3)]);
    await world.left({ ...task, headSeq: 3 }, 4);
    world.answers([world.text("hen", 3), world.text("cat", 7)]);
    await world.tell(task, 8, [world.text("dog", 9)]);
    expect(await world.found("fox")).toEqual([]);
    expect(await world.found("hen")).toEqual(["hen"]);
    expect(await world.found("dog")).toEqual(["dog"]);
  });

  it("is found again by one who was out and is in again before the home has heard of either", async () => {
    const task = world.task();
    await world.tell(task, 5, [world.text("a fox", 6)]);
    // Its room knows no such member at this moment.
    await world.find("fox");
    const said = [world.text("an old fox", 2), world.text("a fox", 6), world.text("a late fox", 9)];
    world.answers(said);
    await world.tell(task, 6, said.slice(2));
    expect((await world.found("fox")).sort()).toEqual(["a fox", "a late fox", "an old fox"]);
  });

  it("is none that is ephemeral: such are not searched", async () => {
    const task = world.task({ ephemeral: true });
    await world.tell(task, 0, [world.text("fox", 2)]);
    expect(await world.find("fox")).toEqual({ items: [], nextCursor: null });
    expect(await world.counts()).toMatchObject({ texts: 0, shelves: 0 });
  });
});

describe("[SE9] what others say", () => {
  it("is bounded for each of them and for all, and pushes out nothing of the user's own", async () => {
    const bounds = { ...TEXT_BOUNDS };
    Object.assign(TEXT_BOUNDS, { inviter: 3000, others: 5000 });
    try {
      await world.tell(world.task(), 0, [world.text("fox of mine", 2)]);
      for (const createdBy of ["bob", "carol"]) {
        const task = world.task({ createdBy });
        const texts = Array.from({ length: 20 }, (_, i) =>
          world.text(`fox ${i} of ${createdBy}`, i + 2),
        );
        await world.tell(task, 0, texts);
      }
      const found = await world.found("fox");
      expect(found).toContain("fox of mine");
      expect(found).toContain("fox 19 of carol");
      expect(found).not.toContain("fox 0 of carol");
      const of = (name: string) => found.filter((text) => text.endsWith(name)).length;
      expect([of("bob"), of("carol")]).toEqual([4, 5]);
    } finally {
      Object.assign(TEXT_BOUNDS, bounds);
    }
  });
});

describe("[SE5] pages", () => {
  async function many(count: number): Promise<Task> {
    const task = world.task();
    const texts = Array.from({ length: count }, (_, i) =>
      world.text(`fox ${"fox ".repeat(i % 7)}number ${i}`, i + 2),
    );
    for (let from = 0; from < count; from += 500) {
      await world.tell(task, from === 0 ? 0 : from + 1, texts.slice(from, from + 500));
    }
    return task;
  }

  async function all(q: string, between: () => Promise<unknown> = async () => {}) {
    const pages: FoundPage[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await world.find(q, { limit: 30, ...(cursor && { cursor }) });
      pages.push(page);
      if (page.nextCursor === null) return pages;
      cursor = page.nextCursor;
      await between();
    }
  }

  it("have every message once, the better ones of each two hundred first", async () => {
    await many(450);
    const pages = await all("fox");
    const items = pages.flatMap((page) => page.items);
    expect(new Set(items.map(({ messageId }) => messageId)).size).toBe(450);
    expect(items).toHaveLength(450);
    for (const from of [0, 200, 400]) {
      const scores = items.slice(from, from + 200).map(({ score }) => score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  });

  it("lose and double nothing while messages come and go", async () => {
    const task = await many(450);
    const before = (await all("fox")).flatMap((page) =>
      page.items.map(({ messageId }) => messageId),
    );
    let seq = 451;
    const gone = new Set<string>();
    const pages = await all("fox", async () => {
      const withdrawn = before[(seq * 37) % before.length] ?? "";
      gone.add(withdrawn);
      const text = world.text("fox fox fox", ++seq);
      await world.tell(task, seq - 1, [text], { gone: [withdrawn] });
    });
    const ids = pages.flatMap((page) => page.items.map(({ messageId }) => messageId));
    expect(new Set(ids).size).toBe(ids.length);
    const left = before.filter((id) => !gone.has(id));
    expect(left.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it("read the same, however much there is", async () => {
    const cost = async () => {
      let rows = 0;
      await world.use(async (room, { storage }) => {
        const exec = storage.sql.exec.bind(storage.sql);
        const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
        const spy = vi.spyOn(storage.sql, "exec").mockImplementation((...input) => {
          const cursor = exec(...input);
          cursors.push(cursor);
          return cursor as never;
        });
        value(await room.search(world.userId, { q: "fox num", limit: 50 }));
        spy.mockRestore();
        rows = cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      });
      return rows;
    };
    await many(500);
    const few = await cost();
    for (let i = 0; i < 5; i++) await many(1000);
    const more = await cost();
    console.log("rows read", few, more);
    expect(more).toBeLessThan(few * 1.5);
  });

  it("refuse a cursor that none of them gave", async () => {
    await many(3);
    const asked = (cursor: string) =>
      world.use((room) => room.search(world.userId, { q: "fox", limit: 5, cursor }));
    expect(refusal(await asked("nonsense"))).toBe("invalid_request");
    expect(refusal(await asked(btoa('{"began":0,"top":"1; DROP TABLE texts"}')))).toBe(
      "invalid_request",
    );
    expect(refusal(await asked(btoa('{"began":0,"top":"9223372036854775807","bottom":"0"}')))).toBe(
      "accepted",
    );
  });
});
