import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ChangedRoom, turnIn } from "../../support/changed-room";
import { Frames } from "../../support/frames";
import { roomOf } from "../../support/room-alarm";
import { newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

let model: ScriptedModel;
let room: ChangedRoom;

beforeEach(async () => {
  model = new ScriptedModel();
  control.model = model.callAgent;
  room = await ChangedRoom.make(newUser(), model);
});

afterEach(() => {
  control.settings = {};
});

it("[ED1] what was superseded is in no state, page or database's page, unless it is asked for", async () => {
  await room.say("one");
  const two = await room.say("two");
  const anew = await room.acked("chat:regenerate", { turnId: two.turnId });
  expect(anew).toMatchObject({ messageId: two.messageId, duplicate: false });
  await room.answer("two again");
  const standing = ["one", "about one", "two", "two again"];
  const all = ["one", "about one", "two", "about two", "two again"];
  expect(room.shown).toEqual(standing);
  const contents = async (query: string) =>
    (await room.listed(query, 1)).map(({ content }) => content);
  expect(await contents("")).toEqual(standing);
  expect(await contents("&superseded=true")).toEqual(all);
  expect(await room.stored()).toMatchObject({ "about two": anew.turnId, "two again": null });

  await evictDurableObject(roomOf(room.taskId));
  const fresh = await RoomClient.join(room.user, room.taskId);
  expect(fresh.frames.state).toEqual(room.client.frames.state);
  const [, , , old] = await room.listed("&superseded=true");
  expect(old).toMatchObject({ content: "about two", supersededBy: anew.turnId });
  // It is a place to page from all the same.
  const before = await room.client.ask("history:sync", { before: old?.id, limit: 1 });
  expect(Object(before.data).messages).toMatchObject([{ content: "two" }]);
  const after = await room.client.ask("history:sync", { after: old?.id, superseded: true });
  expect(Object(after.data).messages).toMatchObject([{ content: "two again" }]);
});

it("[ED2] over REST it is the new turn; while that is open, asked again it is the same one", async () => {
  const { turnId, messageId } = await room.say("one");
  await room.acked("chat:send", { content: "at work" });
  const asked = await room.post(`/turns/${turnId}/regenerate`);
  expect(asked.status).toBe(202);
  const turn = turnIn(asked.body);
  expect(turn).toMatchObject({ regenerates: turnId, messageId, status: "PENDING" });
  const again = await room.post(`/turns/${turnId}/regenerate`);
  expect(turnIn(again.body).id).toBe(turn.id);
  expect(await room.acked("chat:regenerate", { turnId })).toEqual({
    ...{ messageId, turnId: turn.id, duplicate: true },
  });
  // The old answer stands until it begins, and stays where it is stopped before.
  expect(room.shown).toContain("about one");
  await room.client.ask("chat:cancel", { turnId: turn.id });
  await room.answer("about at work", 2);
  expect(room.shown).toEqual(["one", "about one", "at work", "about at work"]);
});

it("[ED2] what can't be answered anew is refused, and nothing is kept of it", async () => {
  const missing = `turn_${"0".repeat(26)}`;
  expect(await room.refused("chat:regenerate", { turnId: missing })).toBe("not_found");
  const { turnId } = await room.acked("chat:send", { content: "one" });
  expect(await room.refused("chat:regenerate", { turnId })).toBe("invalid_transition");
  await room.answer("about one", 1);
  await room.client.ask("chat:cancel", { turnId });
  const edited = await room.acked("chat:edit", {
    messageId: (await room.turn(turnId)).messageId,
    content: "eins",
  });
  await room.answer("about eins", 2);
  expect(await room.refused("chat:regenerate", { turnId })).toBe("conflict");
  expect((await room.turn(edited.turnId)).status).toBe("COMPLETED");
});

it("[ED3] its model is told what was said before, and not what came after; later turns have the new answer in its place", async () => {
  await room.say("one");
  const two = await room.say("two");
  await room.say("three");
  await room.client.ask("chat:note", { content: "a note" });
  await room.acked("chat:regenerate", { turnId: two.turnId });
  expect(await room.answer("two again")).toEqual(["one", "about one", "two"]);
  await room.acked("chat:send", { content: "four" });
  expect(await room.answer("about four")).toEqual([
    ...["one", "about one", "two", "two again", "three", "about three", "a note", "four"],
  ]);
});

it("[ED3] answers to what was said before are told, also where they came while its message waited", async () => {
  await room.acked("chat:send", { content: "one" });
  const two = await room.acked("chat:send", { content: "two" });
  await room.acked("chat:send", { content: "three" });
  for (const [i, text] of ["one", "two", "three"].entries())
    await room.answer(`about ${text}`, i + 1);
  await room.acked("chat:regenerate", { turnId: two.turnId });
  expect(await room.answer("two again")).toEqual(["one", "about one", "two"]);
});

it("[ED4] what was answered anew is not tried again, nor what was edited", async () => {
  const { turnId, messageId } = await room.say("one");
  const second = await room.acked("chat:regenerate", { turnId });
  await model.attempt(2);
  await room.client.ask("chat:cancel");
  const third = await room.acked("chat:regenerate", { turnId });
  expect(third.turnId).not.toBe(second.turnId);
  await room.answer("at last", 3);
  expect(await room.refused("chat:retry", { turnId: second.turnId })).toBe("conflict");
  expect(room.shown).toEqual(["one", "at last"]);
  await room.acked("chat:edit", { messageId, content: "eins" });
  await room.client.ask("chat:cancel");
  expect(await room.refused("chat:retry", { turnId: third.turnId })).not.toBeUndefined();
  expect(await room.refused("chat:retry", { turnId: second.turnId })).toBe("conflict");
});

it("[ED2] of two that never began each may be tried again, one at a time, and one answer stands", async () => {
  const { turnId } = await room.say("one");
  await room.acked("chat:send", { content: "at work" });
  const anew: string[] = [];
  for (let i = 0; i < 2; i++) {
    const asked = await room.acked("chat:regenerate", { turnId });
    await room.client.ask("chat:cancel", { turnId: asked.turnId });
    anew.push(asked.turnId);
  }
  const [first = "", second = ""] = anew;
  await room.client.ask("chat:retry", { turnId: first });
  expect(await room.refused("chat:retry", { turnId: second })).toBe("conflict");
  await room.answer("about at work", 2);
  // Both were over once before: an end alone says nothing.
  const answer = async (text: string, nth: number) => {
    const attempt = await model.attempt(nth);
    attempt.say(text);
    attempt.finish();
    await room.client.frames.next(
      ({ type, data }) => type === "chat:done" && Object(data).message.content === text,
    );
  };
  await answer("again", 3);
  expect(room.shown).toEqual(["one", "at work", "about at work", "again"]);
  await room.client.ask("chat:retry", { turnId: second });
  await answer("once more", 4);
  expect(room.shown).toEqual(["one", "at work", "about at work", "once more"]);
});

it("[ED2] it counts as a turn of whoever asks, within the limit of the day", async () => {
  control.settings = { TURNS_PER_DAY: 2 };
  const own = await ChangedRoom.make(newUser(), model);
  const { turnId } = await own.say("one");
  await own.acked("chat:regenerate", { turnId });
  await own.answer("again");
  expect(await own.refused("chat:regenerate", { turnId })).toBe("quota_exceeded");
});

it("[C1] an object that dies under it is made good by the next, and what it has replaced is replaced once", async () => {
  const { turnId } = await room.say("one");
  const anew = await room.acked("chat:regenerate", { turnId });
  (await model.attempt(2)).say("half");
  await room.client.frames.next(({ type }) => type === "chat:chunk");
  await abortAllDurableObjects();
  await roomOf(room.taskId).wake();
  const after = { after: room.client.frames.state?.task.headSeq ?? 0 };
  const back = await RoomClient.join(
    room.user,
    room.taskId,
    after,
    new Frames(room.client.frames.state),
  );
  const again = await model.attempt(3);
  expect(again.request).toMatchObject({
    turnId: anew.turnId,
    attempt: 2,
    input: "one",
    context: [],
  });
  again.say("again");
  again.finish();
  await back.frames.next(() => back.frames.state?.openTurns.length === 0);
  expect(back.frames.state?.messages.map(({ content }) => content)).toEqual(["one", "again"]);
  expect(back.frames.of("messages:superseded")).toEqual([]);
  expect(room.client.frames.of("messages:superseded")).toHaveLength(1);
});
