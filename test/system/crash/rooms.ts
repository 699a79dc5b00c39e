import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { Frames } from "../../support/frames";
import { answer, type Script, status, text } from "../../support/model-script";
import type { ModelServer } from "../../support/model-server";
import { until } from "../../support/until";
import { type WireClient, WireUser } from "../../support/wire-client";
import type { Arena } from "./arena";

let model: ModelServer;
let alice: WireUser;

/** Slow enough for each word to come alone, and for D1 to hear of the turn's start before its end. */
function slowly(script: Script): Script {
  return script.flatMap((action) => [action, { do: "pause", ms: 50 }]);
}

const whole = () => slowly(answer("one ", "two ", "three ", "🎉"));

const TERMINAL = ["COMPLETED", "FAILED", "INTERRUPTED"];
const turns = z.looseObject({ items: z.array(z.looseObject({ status: z.string() })) });
const messages = z.looseObject({ items: z.array(z.looseObject({ id: z.string() })) });
const ack = z.object({ messageId: z.string(), turnId: z.string() });

async function turnsOf(taskId: string) {
  return turns.parse(await (await alice.call("GET", `/tasks/${taskId}/turns`)).json()).items;
}

/** A room whose model does this and no more; at rest when it was called and its client has heard of this event. */
async function atRest(script: Script, heard?: string) {
  model.script(script);
  const called = model.request(model.requests.length + 1);
  const taskId = await alice.newTask();
  const client = await alice.join(taskId);
  await client.ask("chat:send", { content: "hello", clientMessageId: "c-1" });
  await called;
  if (heard) await client.frames.next(({ type }) => type === heard);
  return { taskId, client };
}

/** After whatever happened: one accepted message, an ended turn, and every fold equal to history. */
async function expectWhole(taskId: string, before: WireClient, acked: string | undefined) {
  await until(
    "the turn ends",
    async () => {
      const items = await turnsOf(taskId);
      return items.length > 0 && items.every((turn) => TERMINAL.includes(turn.status));
    },
    45_000,
  );
  const page = messages.parse(await (await alice.call("GET", `/messages?taskId=${taskId}`)).json());
  const { frames } = before;
  const after = frames.state?.task.headSeq ?? 0;
  const resumed = await alice.join(
    taskId,
    { after, epoch: before.ready.epoch },
    new Frames(frames.state),
  );
  const fresh = await alice.join(taskId);
  const replayed = await alice.join(taskId, { after: 0, epoch: before.ready.epoch });
  const head = fresh.ready.headSeq;
  expect(head).toBeGreaterThanOrEqual(after);
  for (const client of [resumed, replayed]) {
    await client.frames.next(() => client.frames.state?.task.headSeq === head);
    expect(client.frames.state).toEqual(fresh.frames.state);
  }
  expect(replayed.frames.logged().map(({ seq }) => seq)).toEqual(
    Array.from({ length: head }, (_, i) => i + 1),
  );
  expect(fresh.frames.state?.messages).toEqual(page.items);
  if (acked !== undefined) expect(page.items.map(({ id }) => id)).toContain(acked);
  await Promise.all([resumed.close(), fresh.close(), replayed.close()]);
}

/** Sends as a client does that repeats until it is acknowledged. */
async function sendUntilAcked(taskId: string): Promise<string> {
  const client = await alice.join(taskId);
  const reply = await client.ask("chat:send", { content: "hello", clientMessageId: "c-1" });
  await client.close();
  return ack.parse(reply.data).messageId;
}

async function resumes({ taskId, client }: { taskId: string; client: WireClient }) {
  await expectWhole(taskId, client, await sendUntilAcked(taskId));
}

/** What a room holds through a `kill -9` at any point of a turn. */
export function rooms(arena: Arena): void {
  beforeAll(async () => {
    ({ model } = arena);
    model.respond(whole);
    alice = await WireUser.of(arena.server, "alice");
  });

  describe("[C2] kill -9 loses no accepted message, repeats no number and leaves no turn behind", () => {
    // `npm run faults` strikes at all points: those that are not here leave the disk as one of these
    // does, or a model that says no more brings a room there, further down.
    const points: [string, number][] = [
      ["before commit", 1],
      ["after commit", 1],
      ["after fan-out", 1],
      ["before commit", 2],
      ["after commit", 2],
      ["before D1", 1],
      ["after D1", 1],
      ["text written", 3],
      ["before commit", 3],
      ["after commit", 3],
      ["before D1", 2],
      ["after D1", 2],
      ["cursor marked", 2],
    ];
    it.each(points)("%s (%i)", async (point, nth) => {
      const taskId = await alice.newTask();
      const client = await alice.join(taskId);
      await arena.killAt(point, nth, () => {
        client.send({
          type: "chat:send",
          id: "s",
          data: { content: "hello", clientMessageId: "c-1" },
        });
      });
      const reply = client.frames.all.find(({ ref }) => ref === "s");
      const early = reply && ack.parse(reply.data).messageId;
      const late = await sendUntilAcked(taskId);
      if (early !== undefined) expect(late).toBe(early);
      await expectWhole(taskId, client, late);
    });

    it("while a stop is committed, and wherever others wait for a model: for its headers, its first word, its next", async () => {
      const waiting = [
        await atRest([{ do: "hang" }]),
        await atRest([{ do: "headers" }, { do: "hang" }]),
        await atRest([text("half"), { do: "hang" }], "chat:chunk"),
      ];
      const stopped = await atRest([text("half"), { do: "hang" }], "chat:chunk");
      await arena.killAt("after commit", 1, () =>
        stopped.client.send({ type: "chat:cancel", id: "x", data: {} }),
      );
      await Promise.all([...waiting, stopped].map(resumes));
      const ended = await Promise.all(waiting.map(({ taskId }) => turnsOf(taskId)));
      for (const items of ended) expect(items).toMatchObject([{ status: "COMPLETED" }]);
    });

    it("inside an alarm, and while another room waits for its retry", async () => {
      // Whoever asks: on a slow machine the first room's retry comes before the second's first call.
      model.respond(() => status(503));
      const both = [
        await atRest(status(503), "chat:error"),
        await atRest(status(503), "chat:error"),
      ];
      await arena.killAt("alarm", 1, () => undefined);
      model.respond(whole);
      await Promise.all(both.map(resumes));
    });
  });
}
