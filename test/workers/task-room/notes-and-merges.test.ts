import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChangedRoom } from "../../support/changed-room";
import { call, newUser } from "../../support/room-client";
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
  control.clockAheadMs = 0;
});

describe("[ED6] a note", () => {
  it("begins nothing, is told to the next turn's model in its place, and is in pages and the database", async () => {
    await room.say("one");
    const { status, body } = await room.post("/notes", {
      content: "remember",
      clientMessageId: "n",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ message: { note: true, role: "user", content: "remember" } });
    const again = await room.post("/notes", { content: "remember", clientMessageId: "n" });
    expect(again.body).toEqual(body);
    const other = await room.post("/notes", { content: "forget", clientMessageId: "n" });
    expect(other.status).toBe(409);
    expect(await room.stored()).toMatchObject({ remember: null });
    expect(room.client.frames.state?.openTurns).toEqual([]);
    await room.acked("chat:send", { content: "two" });
    expect(await room.answer("about two")).toEqual(["one", "about one", "remember", "two"]);
    const listed = await room.listed();
    expect(listed.map(({ content }) => content)).toContain("remember");
  });

  it("while a turn is open is for the next one, also where the open one is tried again", async () => {
    await room.acked("chat:send", { content: "one" });
    const first = await model.attempt(1);
    await room.client.ask("chat:note", { content: "remember" });
    first.say({
      ...{ type: "failure", code: "model_unavailable", message: "away", retryable: true },
      retryAfterMs: 1,
    });
    await room.client.frames.next(({ type }) => type === "chat:error");
    expect(await room.answer("about one", 2)).toEqual(["one"]);
    await room.acked("chat:send", { content: "two" });
    expect(await room.answer("about two", 3)).toEqual(["one", "remember", "about one", "two"]);
  });

  it("is edited to a message, and refused once the task is cancelled", async () => {
    await room.client.ask("chat:note", { content: "remember" });
    const [note] = await room.listed();
    await room.acked("chat:edit", { messageId: note?.id, content: "do it" });
    expect(await room.answer("done", 1)).toEqual(["do it"]);
    await call(room.user, "PATCH", `/tasks/${room.taskId}/status`, { status: "CANCELLED" });
    const refused = { content: "too late" };
    expect(await room.refused("chat:note", refused)).toBe("task_cancelled");
    expect((await room.post("/notes", refused)).status).toBe(409);
  });
});

describe("[ED7] messages that are merged", () => {
  it("make one turn, which counts once, also where the day has no turn left", async () => {
    control.settings = { TURNS_PER_DAY: 2 };
    const own = await ChangedRoom.make(newUser(), model);
    await own.acked("chat:send", { content: "at work" });
    await model.attempt(1);
    const one = await own.acked("chat:send", { content: "one", onBusy: "merge" });
    const two = await own.acked("chat:send", { content: "two", onBusy: "merge" });
    expect(two.turnId).toBe(one.turnId);
    const { body } = await own.post("/execute", { input: "three", onBusy: "merge" });
    expect(Object(body).turn.id).toBe(one.turnId);
    expect(await own.refused("chat:send", { content: "four" })).toBe("quota_exceeded");
    await own.answer("about work", 1);
    expect(await own.answer("about all", 2)).toEqual([
      "at work",
      "about work",
      "one\n\ntwo\n\nthree",
    ]);
    const usage = async () =>
      Object(await (await call(own.user, "GET", "/usage")).json()).today.turns;
    await expect.poll(usage).toBe(2);
    const anew = await own.refused("chat:regenerate", { turnId: one.turnId });
    expect(anew).toBe("quota_exceeded");
  });

  it("are asked together when they are answered anew, and an edit of one leaves those before it", async () => {
    await room.acked("chat:send", { content: "at work" });
    await model.attempt(1);
    const one = await room.acked("chat:send", { content: "one", onBusy: "merge" });
    const two = await room.acked("chat:send", { content: "two", onBusy: "merge" });
    await room.answer("about work", 1);
    await room.answer("about both", 2);
    await room.acked("chat:regenerate", { turnId: one.turnId });
    expect(await room.answer("once more", 3)).toEqual(["at work", "about work", "one\n\ntwo"]);
    await room.acked("chat:edit", { messageId: two.messageId, content: "zwei" });
    expect(await room.answer("about zwei", 4)).toEqual(["at work", "one", "zwei"]);
    expect(await room.refused("chat:regenerate", { turnId: one.turnId })).toBe("conflict");
  });
});

describe("[ED8] a rollback", () => {
  it("stops and supersedes the active turn; its stop is heard of, and it is not tried again", async () => {
    await room.say("one");
    const two = await room.acked("chat:send", { content: "two" });
    (await model.attempt(2)).say("half");
    await room.client.frames.next(({ type }) => type === "chat:chunk");
    const three = await room.acked("chat:send", { content: "three", onBusy: "rollback" });
    expect(await room.answer("about three", 3)).toEqual(["one", "about one", "three"]);
    expect(room.shown).toEqual(["one", "about one", "three", "about three"]);
    expect((await room.turn(two.turnId)).status).toBe("INTERRUPTED");
    expect(await room.refused("chat:retry", { turnId: two.turnId })).toBe("conflict");
    expect(await room.stored()).toMatchObject({ two: three.messageId, half: three.messageId });
  });

  it("of a turn that waits to be tried again takes what its first try has left", async () => {
    await room.acked("chat:send", { content: "one" });
    (await model.attempt(1)).say("half");
    await room.client.frames.next(({ type }) => type === "chat:chunk");
    const { turnId } = await room.acked("chat:send", { content: "two", onBusy: "interrupt" });
    await model.attempt(2);
    const one = room.client.frames.state?.messages[0]?.turnId;
    await room.client.ask("chat:retry", { turnId: one });
    await room.client.ask("chat:cancel", { turnId });
    // It may have begun by now, or not: what it has said before goes with it either way.
    await room.acked("chat:send", { content: "three", onBusy: "rollback" });
    await room.answer("about three");
    expect(room.shown).toEqual(["two", "three", "about three"]);
  });

  it("of a turn that was to answer anew takes the answers that stood, too", async () => {
    const { turnId } = await room.say("one");
    await room.acked("chat:send", { content: "at work" });
    await room.acked("chat:regenerate", { turnId });
    await room.client.ask("chat:cancel");
    await room.client.frames.next(({ type }) => type === "messages:superseded");
    await model.attempt(3);
    await room.acked("chat:send", { content: "instead", onBusy: "rollback" });
    await room.answer("so be it", 4);
    expect(room.shown).toEqual(["at work", "instead", "so be it"]);
  });
});
