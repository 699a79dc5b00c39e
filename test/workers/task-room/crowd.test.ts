import { afterEach, expect, it } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { call, newTask, newUser, RoomClient } from "../../support/room-client";
import { ScriptedModel } from "../../support/scripted-model";
import { control } from "../../worker/control";

const CLIENTS = 100;
/** Of one person: as many as may have a session. */
const DEVICES = 5;
const ROUNDS = 10;
/** So many come back between two words: the stream goes on as they come, on a slow machine too. */
const PER_WORD = 4;

afterEach(() => {
  control.model = undefined;
});

const ready = z.looseObject({ recoveryToken: z.string(), resumed: z.boolean(), epoch: z.string() });

type Guest = { user: string; client: RoomClient; token: string; seqs: number[] };

async function arrive(user: string, taskId: string): Promise<Guest> {
  const client = await RoomClient.join(user, taskId);
  return { user, client, token: tokenOf(client), seqs: [] };
}

function tokenOf(client: RoomClient & { ready: unknown }): string {
  return ready.parse(client.ready).recoveryToken;
}

/** Loses the connection and comes back to the same session, from where the client was. */
async function reconnect(guest: Guest, taskId: string, epoch: string): Promise<Guest> {
  const { user, client, token } = guest;
  const { state } = client.frames;
  const seqs = [...guest.seqs, ...client.frames.all.flatMap(({ seq }) => seq ?? [])];
  client.close();
  const after = state?.task.headSeq ?? 0;
  const place = { after, epoch, resume: token };
  const again = await RoomClient.join(user, taskId, place, new Frames(state));
  expect(ready.parse(again.ready).resumed).toBe(true);
  return { user, client: again, token: tokenOf(again), seqs };
}

it("[R1] a hundred clients that reconnect at once, ten times, during a stream, end equal to one that stayed", async () => {
  const model = new ScriptedModel();
  control.model = model.callAgent;
  const users = Array.from({ length: CLIENTS / DEVICES }, newUser);
  const alice = newUser();
  const members = users.map((userId) => ({ userId, role: "owner" }));
  const taskId = await newTask(alice, { members });
  const stayer = await RoomClient.join(alice, taskId);
  const { epoch } = ready.parse(stayer.ready);
  const devices = users.flatMap((user) => Array.from({ length: DEVICES }, () => user));
  let guests = await Promise.all(devices.map((user) => arrive(user, taskId)));
  expect(guests).toHaveLength(CLIENTS);
  const from = stayer.frames.state?.task.headSeq ?? 0;
  await stayer.ask("chat:send", { content: "tell me all 🎉" });
  const attempt = await model.attempt(1);

  let words = 0;
  let arrivals = 0;
  const sayMore = () => {
    const word = words++;
    attempt.say(word % 5 === 0 ? { type: "thinking", delta: `hm ${word} ` } : `word ${word} 👩‍🚀 `);
  };
  const comeBack = async (guest: Guest) => {
    const again = await reconnect(guest, taskId, epoch);
    if (arrivals++ % PER_WORD === 0) sayMore();
    return again;
  };
  for (let round = 0; round < ROUNDS; round++) {
    // The log goes on too while they are away.
    const renamed = call(alice, "PATCH", `/tasks/${taskId}`, { title: `Round ${round}` });
    guests = await Promise.all(guests.map(comeBack));
    expect((await renamed).status).toBe(200);
  }
  attempt.finish();
  await stayer.frames.next(() => stayer.frames.state?.task.status === "COMPLETED");

  const head = stayer.frames.state?.task.headSeq ?? 0;
  for (const { client, seqs } of guests) {
    await client.frames.next(() => client.frames.state?.task.headSeq === head);
    expect(client.frames.state).toEqual(stayer.frames.state);
    const heard = [...seqs, ...client.frames.all.flatMap(({ seq }) => seq ?? [])];
    expect(heard).toEqual(Array.from({ length: head - from }, (_, i) => from + 1 + i));
  }
  expect(stayer.frames.state?.messages.at(-1)?.content).toContain("word 1 👩‍🚀 word 2");
});
