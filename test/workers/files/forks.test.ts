import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { message } from "../../../src/protocol/message";
import { call, newTask, newUser } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";
import { fetched, inBucket, stored, textOf } from "./uploads";

const messages = z.object({ items: z.array(message) });
const withId = z.looseObject({ id: z.string() });

let alice: string;
let model: ScriptedModel;

beforeEach(() => {
  alice = newUser();
  model = new ScriptedModel();
  control.model = model.callAgent;
});

async function attachmentsOf(user: string, taskId: string) {
  const response = await call(user, "GET", `/messages?taskId=${taskId}`);
  return messages.parse(await response.json()).items.flatMap(({ attachments = [] }) => attachments);
}

describe("[FK1] the files of a fork's messages", () => {
  it("are the source's, readable in the fork for as long as it is there, whoever made it", async () => {
    const bob = newUser();
    const { id: fileId } = await stored(alice, textOf("a map"));
    const members = [{ userId: bob, role: "viewer" }];
    const source = await newTask(alice, { prompt: "look", attachments: [fileId], members });
    (await model.attempt(1)).finish();
    const forked = await call(bob, "POST", `/tasks/${source}/fork`);
    expect(forked.status).toBe(201);
    const { id: fork } = withId.parse(await forked.json());
    expect(await attachmentsOf(bob, fork)).toMatchObject([{ fileId, name: "hello.txt" }]);
    expect((await call(alice, "DELETE", `/tasks/${source}/members/${bob}`)).status).toBe(204);
    expect((await call(alice, "DELETE", `/tasks/${source}`)).status).toBe(204);
    expect(await (await fetched(bob, fileId)).text()).toBe("a map");
    expect((await call(bob, "DELETE", `/tasks/${fork}`)).status).toBe(204);
    expect((await fetched(bob, fileId)).status).toBe(404);
    await expect.poll(inBucket).not.toContain(fileId);
  });
});
