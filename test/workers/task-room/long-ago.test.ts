import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChangedRoom } from "../../support/changed-room";
import { roomOf } from "../../support/room-alarm";
import { newUser } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { TaskRoom } from "../../worker/task-room";
import { stored } from "../files/uploads";

let user: string;
let model: ScriptedModel;

beforeEach(() => {
  user = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

afterEach(() => {
  control.d1 = "up";
  vi.restoreAllMocks();
});

/** As if so much had been said since that the database alone has what was said so far. */
async function letGo(room: ChangedRoom): Promise<ChangedRoom> {
  await room.stored();
  const stub = roomOf(room.taskId);
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    sql.exec("DELETE FROM messages");
    sql.exec(
      "INSERT OR REPLACE INTO kept (what, seq) SELECT 'messages', max(last_seq) + 1 FROM log",
    );
  });
  await evictDurableObject(stub);
  return ChangedRoom.of(room.taskId, room.user, model);
}

describe("of a turn whose message the database alone has", () => {
  it("[FM1] the model gets the message's files, when it is answered anew", async () => {
    const file = await stored(user);
    const first = await ChangedRoom.make(user, model);
    const sent = { content: "see this", attachments: [file.id] };
    const { turnId } = await first.acked("chat:send", sent);
    await first.answer("seen", 1);
    const room = await letGo(first);
    // The room has as many as it wants, and reads none back.
    await runInDurableObject(roomOf(room.taskId), (instance) => {
      if (instance instanceof TaskRoom) instance.fill(600);
    });
    await room.acked("chat:regenerate", { turnId });
    const { request } = await model.attempt(2);
    expect(request.attachments).toMatchObject([{ fileId: file.id }]);
  });

  it("[L7] what another try takes the place of is on no page, also while the database does not know", async () => {
    const first = await ChangedRoom.make(user, model);
    const { turnId } = await first.acked("chat:send", { content: "one" });
    const attempt = await model.attempt(1);
    attempt.say("half");
    await first.client.frames.next(({ type }) => type === "chat:chunk");
    await first.client.ask("chat:cancel");
    attempt.finish();
    const room = await letGo(first);
    vi.spyOn(console, "error").mockImplementation(() => {});
    control.d1 = "full";
    await room.client.ask("chat:retry", { turnId });
    await room.answer("whole", 2);
    expect((await room.listed("", 7)).map(({ content }) => content)).toEqual(["one", "whole"]);
  });
});
