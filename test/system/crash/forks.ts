import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

const FITS_MS = 90_000;
/** More than a fork's own log begins with, by two pages. */
const PAST = 1300;
const GIVEN = ["one", "two", "three"].map((content) => ({ role: "user", content }));

const made = z.looseObject({ id: z.string() });
const listed = z.object({ items: z.array(made) });
const page = z.object({
  items: z.array(z.looseObject({ id: z.string(), seq: z.int(), content: z.string() })),
  nextCursor: z.string().nullable(),
});
const stored = z.array(z.looseObject({ messages: z.array(z.string()) }));

/** What a fork of a long task holds through a `kill -9`. */
export function forks(arena: Arena): void {
  let alice: WireUser;
  let source: string;

  beforeAll(async () => {
    alice = await WireUser.of(arena.server, "alice-who-forks");
    source = await alice.newTask({ history: GIVEN });
    await knob("history", { task: source, messages: String(PAST) });
  });

  async function knob(name: string, values: Record<string, string>): Promise<unknown> {
    const answer = await fetch(`${arena.server.url}/test/${name}?${new URLSearchParams(values)}`);
    return answer.json();
  }

  /** All messages, oldest first; undefined while some can't be had. */
  async function said(taskId: string) {
    const all: z.infer<typeof page>["items"] = [];
    for (let cursor = ""; ; ) {
      const query = `taskId=${taskId}&limit=200${cursor}`;
      const response = await alice.call("GET", `/messages?${query}`);
      if (!response.ok) return undefined;
      const { items, nextCursor } = page.parse(await response.json());
      all.unshift(...items);
      if (nextCursor === null) return all;
      cursor = `&cursor=${encodeURIComponent(nextCursor)}`;
    }
  }

  const points: [string, number][] = [
    ["task claimed", 1],
    ["before carrying", 1],
    ["after carrying", 1],
    ["before commit", 1],
    ["after commit", 1],
    ["task made", 1],
    ["before copy", 1],
    ["after copy", 1],
    ["before copy", 2],
    ["after copy", 2],
  ];

  describe("[FK4][FK6] kill -9 while a task is forked: told again under its key it is there once, and whole", () => {
    it.each(points)("%s (%i)", async (point, nth) => {
      const body = { key: `${point} ${nth}` };
      const fork = () => alice.call("POST", `/tasks/${source}/fork`, body);
      await arena.killAt(point, nth, () => void fork().catch(() => undefined));
      const { id } = made.parse(await (await fork()).json());
      const originals = (await said(source)) ?? [];
      expect(originals).toHaveLength(PAST + GIVEN.length);
      let copies: typeof originals = [];
      const isWhole = async () => {
        copies = (await said(id)) ?? [];
        return copies.length >= originals.length;
      };
      await until("the fork has all messages", isWhole, FITS_MS);
      expect(copies.map(({ content }) => content)).toEqual(originals.map(({ content }) => content));
      expect(new Set(copies.map((one) => one.id)).size).toBe(copies.length);
      const seqs = copies.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      const byKey = await alice.call("GET", `/tasks?key=${encodeURIComponent(body.key)}`);
      expect(listed.parse(await byKey.json()).items.map((one) => one.id)).toEqual([id]);
      const inDatabases = async () => {
        const found = stored.parse(await knob("stored", { task: id }));
        return found.flatMap(({ messages }) => messages).length === originals.length;
      };
      await until("the database has each once", inDatabases, FITS_MS);
    });
  });
}
