import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { answer } from "../../support/model-script";
import { until } from "../../support/until";
import { WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

const stored = z.looseObject({ id: z.string() });
const NOTHING = [{ id: 1, files: 0, bytes: 0 }];
const rows = z.array(z.looseObject({}));
/** A home makes its tables with its first file: one that was killed before that has none. */
const kept = z.object({
  bucket: z.array(z.string()),
  home: z.looseObject({
    files: z.array(z.looseObject({ id: z.string() })).default([]),
    file_totals: rows.default(NOTHING),
    file_carriers: rows.default([]),
    file_removals: rows.default([]),
  }),
});
const MINUTE_MS = 60_000;
const DAYS_MS = 3 * 24 * 60 * MINUTE_MS;
const EMPTY = {
  bucket: [],
  home: {
    files: [],
    file_totals: NOTHING,
    file_carriers: [],
    file_removals: [],
  },
};

/** What becomes of files through a `kill -9` wherever one is being stored, sent or erased. */
export function files(arena: Arena): void {
  const knob = (path: string) => fetch(`${arena.server.url}/test/${path}`);
  /** The bucket is everybody's: only one test at a time has files in it. */
  const keptOf = async ({ name }: WireUser) =>
    kept.parse(await (await knob(`files?user=${name}`)).json());

  /** The home does what is due so much later, until nothing is. Tokens would run out if it stayed so late. */
  async function later(user: WireUser, ms: number): Promise<void> {
    await knob(`clock?ahead=${ms}`);
    for (let n = 0; n < 5; n++) await knob(`ring?user=${user.name}`);
    await knob("clock?ahead=0");
  }

  const newUser = () => WireUser.of(arena.server, `files-${randomUUID()}`);

  async function storedBy(user: WireUser, text: string): Promise<string> {
    const response = await user.upload(text);
    if (!response.ok) throw new Error(await response.text());
    return stored.parse(await response.json()).id;
  }

  beforeAll(() => arena.model.respond(() => answer("seen")));

  describe("[FL1] kill -9 while a file is stored: it is whole or not there, and counts for nothing in the end", () => {
    it.each(["file reserved", "file finished"])("%s", async (point) => {
      const user = await newUser();
      await arena.killAt(point, 1, () => void user.upload("half").catch(() => undefined));
      const { bucket, home } = await keptOf(user);
      expect(bucket.length).toBeLessThanOrEqual(home.files.length);
      for (const { id } of home.files) {
        const response = await user.call("GET", `/files/${id}`);
        expect([404, 200]).toContain(response.status);
        if (response.ok) expect(await response.text()).toBe("half");
      }
      await later(user, DAYS_MS);
      expect(await keptOf(user)).toEqual(EMPTY);
    });
  });

  describe("[FL5] kill -9 while a message with a file is sent: no file goes that it carries", () => {
    const points: [string, number][] = [
      ["files claimed at home", 1],
      ["files claimed", 1],
      ["before commit", 1],
      ["after commit", 1],
    ];
    it.each(points)("%s (%i)", async (point, nth) => {
      const user = await newUser();
      const [carried, unsent] = [await storedBy(user, "carried"), await storedBy(user, "unsent")];
      const taskId = await user.newTask();
      const data = { content: "see", clientMessageId: "c-1", attachments: [carried] };
      const first = await user.join(taskId);
      await arena.killAt(point, nth, () => first.send({ type: "chat:send", id: "s", data }));
      // What nobody has sent after all goes; what was sent, by the first try or by its repetition, does not.
      const client = await user.join(taskId);
      const reply = await client.ask("chat:send", data);
      expect(reply).toMatchObject({ type: "ack" });
      await client.frames.next(() => client.frames.state?.task.status === "COMPLETED");
      await later(user, DAYS_MS);
      const { bucket, home } = await keptOf(user);
      expect(bucket).toEqual([carried]);
      expect(home.files.map(({ id }) => id)).toEqual([carried]);
      expect(home.file_carriers).toMatchObject([{ task_id: taskId, ask_at: null }]);
      expect((await user.call("GET", `/files/${unsent}`)).status).toBe(404);
      expect(await (await user.call("GET", `/files/${carried}`)).text()).toBe("carried");
      await client.close();
      expect((await user.call("DELETE", `/tasks/${taskId}`)).status).toBe(204);
      expect(await keptOf(user)).toEqual(EMPTY);
    });

    it("and one that nobody sends again is lone", async () => {
      const user = await newUser();
      const attachments = [await storedBy(user, "lost")];
      const taskId = await user.newTask();
      const client = await user.join(taskId);
      const data = { content: "see", attachments };
      await arena.killAt("files claimed", 1, () =>
        client.send({ type: "chat:send", id: "s", data }),
      );
      await later(user, 5 * MINUTE_MS);
      expect((await keptOf(user)).home).toMatchObject({ files: [{}], file_carriers: [] });
      await later(user, DAYS_MS);
      expect(await keptOf(user)).toEqual(EMPTY);
    });
  });

  describe("[FL8] kill -9 while a task is erased: in the end nothing of its files is left", () => {
    it.each(["files let go", "files released"])("%s", async (point) => {
      const user = await newUser();
      const taskId = await user.newTask({ attachments: [await storedBy(user, "gone")] });
      await until("the turn ends", async () => {
        const task = z.looseObject({ status: z.string() });
        return (await user.ask(task, "GET", `/tasks/${taskId}`)).status === "COMPLETED";
      });
      await arena.killAt(
        point,
        1,
        () => void user.call("DELETE", `/tasks/${taskId}`).catch(() => undefined),
      );
      expect((await user.call("GET", `/tasks/${taskId}`)).status).toBe(404);
      await until("the erasure is done", async () => {
        await knob(`ring?task=${taskId}`);
        await later(user, 5 * MINUTE_MS);
        const { bucket, home } = await keptOf(user);
        return bucket.length === 0 && home.files.length === 0;
      });
      expect(await keptOf(user)).toEqual(EMPTY);
    });
  });
}
