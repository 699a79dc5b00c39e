import { expect, it } from "vitest";
import { type Message, type Page, TaskroomError } from "../../../src/client";
import { FormerMessages } from "../../../src/console/room/conversation/changes/former-messages";
import { answered, said } from "../../support/said";

type Asked = { cursor: string | undefined; answer: PromiseWithResolvers<Page<Message>> };

/** A room's former messages, and what is asked of its server, to be answered when the test likes. */
function asking() {
  const asked: Asked[] = [];
  const former = new FormerMessages((cursor) => {
    const answer = Promise.withResolvers<Page<Message>>();
    asked.push({ cursor, answer });
    return answer.promise;
  });
  const reply = async (n: number, items: Message[], nextCursor: string | null = null) => {
    asked[n]?.answer.resolve({ items, nextCursor });
    await new Promise(setImmediate);
  };
  const ids = () => [...former.getSnapshot().known.keys()].sort();
  return { former, asked, reply, ids };
}

it("nothing is asked before somebody wants it, and then once", async () => {
  const { former, asked } = asking();
  former.supersede(["m1"], "m2");
  former.forget();
  expect(asked).toHaveLength(0);
  former.want();
  former.want();
  expect(asked).toHaveLength(1);
});

it("goes back page by page, and knows when there is no more", async () => {
  const { former, asked, reply, ids } = asking();
  former.want();
  await reply(0, [said("m3"), said("m4")], "older");
  expect(former.getSnapshot().hasMore).toBe(true);
  void former.more();
  void former.more();
  expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, "older"]);
  await reply(1, [said("m1"), said("m2")]);
  expect(ids()).toEqual(["m1", "m2", "m3", "m4"]);
  expect(former.getSnapshot()).toMatchObject({ hasMore: false, isLoading: false });
  await former.more();
  expect(asked).toHaveLength(2);
});

it("what is superseded is so at once, and the newest page is read again for what came since", async () => {
  const { former, reply, ids } = asking();
  former.want();
  await reply(0, [said("m1"), answered("m2", "t1")]);
  former.supersede(["m2"], "t2");
  expect(
    former
      .getSnapshot()
      .gone.get("t2")
      ?.map(({ id }) => id),
  ).toEqual(["m2"]);
  await reply(1, [answered("m2", "t1", { supersededBy: "t2" }), answered("m3", "t2")], "older");
  expect(ids()).toEqual(["m1", "m2", "m3"]);
  // How far back was looked, the newest page does not change.
  expect(former.getSnapshot().hasMore).toBe(false);
});

it("a newest page that does not join on to what is known takes its place", async () => {
  const { former, asked, reply, ids } = asking();
  former.want();
  await reply(0, [said("m1"), said("m2")]);
  former.supersede(["m2"], "m9");
  await reply(1, [said("m8"), said("m9")], "older");
  expect(ids()).toEqual(["m8", "m9"]);
  void former.more();
  expect(asked.at(-1)?.cursor).toBe("older");
});

it("a page that was asked for before a change is out of date", async () => {
  const { former, reply, ids } = asking();
  former.want();
  former.supersede(["m1"], "m2");
  await reply(1, [said("m1", { supersededBy: "m2" }), said("m2")]);
  await reply(0, [said("m1")]);
  expect(former.getSnapshot().known.get("m1")?.supersededBy).toBe("m2");
  former.forget();
  expect(ids()).toEqual([]);
  await reply(2, [said("m7")]);
  expect(ids()).toEqual(["m7"]);
});

it("a failure is told, and the page that failed is asked for again", async () => {
  const { former, asked, reply } = asking();
  former.want();
  asked[0]?.answer.reject(new TaskroomError("network", "no answer"));
  await expect.poll(() => former.getSnapshot().error?.code).toBe("network");
  void former.more();
  expect(former.getSnapshot()).toMatchObject({ isLoading: true, error: undefined });
  await reply(1, [said("m3")], "older");
  void former.more();
  asked[2]?.answer.reject(new TaskroomError("network", "no answer"));
  await expect.poll(() => former.getSnapshot().error?.code).toBe("network");
  void former.more();
  expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, undefined, "older", "older"]);
});

it("an earlier version is chosen for a place until what stands is, or the room is told anew", () => {
  const { former } = asking();
  former.choose("t2", "m1");
  former.choose("m9", "m3");
  expect([...former.getSnapshot().chosen]).toEqual([
    ["t2", "m1"],
    ["m9", "m3"],
  ]);
  former.choose("t2", undefined);
  expect([...former.getSnapshot().chosen]).toEqual([["m9", "m3"]]);
  const before = former.getSnapshot();
  former.choose("t2", undefined);
  expect(former.getSnapshot()).toBe(before);
  former.forget();
  expect(former.getSnapshot().chosen.size).toBe(0);
});
