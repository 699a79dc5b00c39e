import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import { cpuSeconds } from "../cpu";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import { residentKiB } from "../resident";

export type IdleJob = { kind: "idle"; target: Target; rooms: number; clients: number };

/** Until everything sleeps: the runtime hibernates what was idle for ten seconds. */
const ASLEEP_MS = 25_000;
const WATCHED_MS = 20_000;

/** What sockets cost on which nobody speaks. */
export async function runIdle({ target, rooms, clients }: IdleJob) {
  const dialect: Dialect = DIALECTS[target.dialect];
  const decode = decoderOf(dialect);
  const before = residentKiB(target.pids);
  const open: Client[] = [];
  try {
    for (let n = 0; n < rooms; n++) {
      const { seats } = await dialect.room(target.port, clients);
      open.push(...(await Promise.all(seats.map((seat) => Client.join(seat, dialect, decode)))));
    }
  } catch (error) {
    for (const client of open) client.close();
    throw new Error(`after ${open.length} sockets: ${error}`);
  }
  await wait(ASLEEP_MS);
  const cpu = cpuSeconds(target.pids);
  await wait(WATCHED_MS);
  const used = cpuSeconds(target.pids) - cpu;
  const memory = residentKiB(target.pids) - before;
  const lost = open.filter(({ closedBecause }) => closedBecause !== undefined).length;
  for (const client of open) client.close();
  if (lost > 0) throw new Error(`${lost} sockets were closed`);
  return { perSocket: memory / open.length, awake: used };
}
