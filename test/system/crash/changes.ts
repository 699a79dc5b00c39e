import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { answer } from "../../support/model-script";
import { until } from "../../support/until";
import { type WireClient, WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

const FITS_MS = 90_000;
const TERMINAL = ["COMPLETED", "FAILED", "INTERRUPTED"];

const turns = z.object({ items: z.array(z.looseObject({ status: z.string() })) });
const message = z.looseObject({
  id: z.string(),
  content: z.string(),
  supersededBy: z.string().optional(),
});
const messages = z.object({ items: z.array(message) });
const ack = z.object({ messageId: z.string(), turnId: z.string() });
const superseded = z.object({ messageIds: z.array(z.string()) });

/** What a conversation that is being changed holds through a `kill -9`. */
export function changes(arena: Arena): void {
  let alice: WireUser;

  beforeAll(async () => {
    alice = await WireUser.of(arena.server, "alice-who-changes");
  });

  async function over(taskId: string): Promise<void> {
    const areOver = async () => {
      const page = await (await alice.call("GET", `/tasks/${taskId}/turns`)).json();
      return turns.parse(page).items.every(({ status }) => TERMINAL.includes(status));
    };
    await until("the turns end", areOver, FITS_MS);
  }

  async function listed(taskId: string, query = "") {
    const response = await alice.call("GET", `/messages?taskId=${taskId}${query}`);
    return messages.parse(await response.json()).items;
  }

  /** A room with two exchanges, at rest, and the second one's ids. */
  async function talked() {
    const taskId = await alice.newTask();
    const client = await alice.join(taskId);
    let last = { messageId: "", turnId: "" };
    for (const content of ["one", "two"]) {
      arena.model.script(answer(`about ${content}`));
      last = ack.parse((await client.ask("chat:send", { content })).data);
      await client.frames.next(
        () => client.frames.state?.messages.at(-1)?.content === `about ${content}`,
      );
      await client.frames.next(() => client.frames.state?.openTurns.length === 0);
    }
    arena.model.respond(() => answer("anew"));
    return { taskId, client, ...last };
  }

  /** The fold of the whole log, a fresh state, and both kinds of pages say the same. */
  async function expectWhole(taskId: string, { ready }: WireClient): Promise<string[]> {
    const fresh = await alice.join(taskId);
    const replayed = await alice.join(taskId, { after: 0, epoch: ready.epoch });
    const { headSeq } = fresh.ready;
    await replayed.frames.next(() => replayed.frames.state?.task.headSeq === headSeq);
    expect(replayed.frames.state).toEqual(fresh.frames.state);
    expect(await listed(taskId)).toEqual(fresh.frames.state?.messages);
    const gone = replayed.frames
      .of("messages:superseded")
      .flatMap(({ data }) => superseded.parse(data).messageIds);
    expect(new Set(gone).size).toBe(gone.length);
    const all = await listed(taskId, "&superseded=true");
    const marked = all.filter((one) => one.supersededBy !== undefined);
    expect(marked.map(({ id }) => id).sort()).toEqual(gone.sort());
    await Promise.all([fresh.close(), replayed.close()]);
    return fresh.frames.state?.messages.map(({ content }) => content) ?? [];
  }

  describe("[ED2] kill -9 while a message is answered anew leaves one answer, the old one or the new one", () => {
    // The second commit is that with which the turn begins.
    it.each<[string, number]>([
      ["after commit", 1],
      ["before begin", 1],
      ["before commit", 2],
      ["after commit", 2],
    ])("%s (%i)", async (point, nth) => {
      const { taskId, client, turnId } = await talked();
      const regenerate = { turnId };
      await arena.killAt(point, nth, () =>
        client.send({ type: "chat:regenerate", id: "r", data: regenerate }),
      );
      await over(taskId);
      const [last, ...before] = (await expectWhole(taskId, client)).toReversed();
      expect(before).toEqual(["two", "about one", "one"]);
      // What was committed first may not have reached the disk: nobody has been told of it.
      expect(last).toBeOneOf(nth > 1 ? ["anew"] : ["anew", "about two"]);
      const again = await alice.join(taskId);
      ack.parse((await again.ask("chat:regenerate", regenerate)).data);
      await again.close();
      await over(taskId);
      expect(await expectWhole(taskId, client)).toEqual(["one", "about one", "two", "anew"]);
    });
  });

  describe("[ED5] kill -9 while a message is edited: told again under its id it is done once", () => {
    it.each<[string, number]>([
      ["before commit", 1],
      ["after commit", 1],
      ["before begin", 1],
    ])("%s (%i)", async (point, nth) => {
      const { taskId, client, messageId } = await talked();
      const edit = { messageId, content: "zwei", clientMessageId: "e" };
      await arena.killAt(point, nth, () => client.send({ type: "chat:edit", id: "e", data: edit }));
      const again = await alice.join(taskId);
      ack.parse((await again.ask("chat:edit", edit)).data);
      await again.close();
      await over(taskId);
      expect(await expectWhole(taskId, client)).toEqual(["one", "about one", "zwei", "anew"]);
    });
  });
}
