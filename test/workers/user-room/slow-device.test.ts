import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { newId } from "../../../src/protocol/ids";
import { LIMITS } from "../../../src/protocol/limits";
import { toTimestamp } from "../../../src/protocol/time";
import { newUser } from "../../support/room-client";
import { UserClient, userUpgrade } from "../../support/user-client";
import { UserFrames } from "../../support/user-frames";

const NOTE = "漢".repeat(20_000);
/** Half as much again as a device may leave lying. */
const NOTES = Math.ceil((1.5 * LIMITS.unsentBytes) / (3 * NOTE.length));

it("[B1] a device that does not take what it is sent is closed with 1013; the others hear everything, and it can resume", async () => {
  const alice = newUser();
  const quick = await UserClient.open(alice);
  // Its other end is not read from until `accept`.
  const { webSocket: slow } = await userUpgrade(alice);
  const taskId = newId("task", Date.now());
  const ts = toTimestamp(Date.now());
  for (let seq = 1; seq <= NOTES; seq++) {
    const notification = { kind: "agent" as const, title: `note ${seq}`, body: NOTE, taskId };
    const event = { type: "notification" as const, ts, data: { notification } };
    await env.USER_ROOM.getByName(alice).deliver({
      taskId,
      epoch: "one",
      items: [{ seq, n: 0, event }],
    });
    await quick.frames.next((frame) => frame.seq === seq);
  }
  const all = Array.from({ length: NOTES }, (_, i) => i + 1);
  expect(quick.frames.seqs()).toEqual(all);
  expect(quick.frames.closed).toBeUndefined();

  const taken = new UserFrames();
  slow?.addEventListener("message", ({ data }) => taken.take(String(data)));
  slow?.addEventListener("close", ({ code, reason }) => taken.close({ code, reason }));
  slow?.accept();
  expect(await taken.whenClosed()).toMatchObject({ code: 1013 });
  const heard = taken.seqs();
  expect(heard.length).toBeLessThan(NOTES);
  const { epoch } = quick.ready;
  const back = await UserClient.open(alice, { after: heard.length, epoch });
  await back.frames.next(({ seq }) => seq === NOTES);
  expect([...heard, ...back.frames.seqs()]).toEqual(all);
});
