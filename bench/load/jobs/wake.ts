import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import type { Model } from "../model";
import { median, percentile } from "../numbers";
import { Script } from "../script";

export type WakeJob = { kind: "wake"; target: Target; rooms: number };

/** The runtime lets an object hibernate after ten seconds without an event. */
const ASLEEP_MS = 12_000;
/** A frame waits for no other room's turn: the news of one are out after 300 ms. */
const BETWEEN_MS = 350;
const ACK_DEADLINE_MS = 10_000;

/** Milliseconds from a frame to its acknowledgement, in rooms that slept and once more awake. */
export async function runWake(
  { target, rooms }: WakeJob,
  model: Model,
): Promise<Record<string, number>> {
  const dialect: Dialect = DIALECTS[target.dialect];
  const decode = decoderOf(dialect);
  const clients: { id: string; client: Client }[] = [];
  for (let n = 0; n < rooms; n++) {
    const { id, seats } = await dialect.room(target.port, 1);
    model.play(id, new Script(1));
    for (const seat of seats) {
      clients.push({ id, client: await Client.join(seat, dialect, decode) });
    }
  }
  await wait(ASLEEP_MS);
  const asleep = await acks(clients, dialect);
  await wait(500);
  const awake = await acks(clients, dialect);
  for (const { client } of clients) client.close();
  await wait(500);
  model.forget();
  return {
    wake: median(asleep),
    wakeWorst: percentile(asleep.sort(), 0.95),
    awake: median(awake),
  };
}

async function acks(
  clients: { id: string; client: Client }[],
  dialect: Dialect,
): Promise<Float64Array> {
  const times: number[] = [];
  for (const { id, client } of clients) {
    times.push(await ackOf(client, dialect.nudge(id)));
    await wait(BETWEEN_MS);
  }
  return Float64Array.from(times);
}

export function ackOf(client: Client, frame: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const late = setTimeout(() => reject(new Error("no ack")), ACK_DEADLINE_MS);
  const sentAt = performance.now();
  client.ear = (heard, at) => {
    if (heard.type !== "ack") return;
    clearTimeout(late);
    resolve(at - sentAt);
  };
  client.send(frame);
  return promise;
}
