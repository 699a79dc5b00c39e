import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import { cpuSeconds } from "../cpu";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import { residentKiB } from "../resident";

export type IdleJob = { kind: "idle"; targets: Target[]; rooms: number; clients: number };

/** Until everything sleeps: the runtime hibernates what was idle for ten seconds. */
const ASLEEP_MS = 25_000;
const WATCHED_MS = 20_000;

/** What sockets cost on which nobody speaks; rooms take turns between the servers. */
export async function runIdle({ targets, rooms, clients }: IdleJob) {
  const pids = targets.flatMap((target) => target.pids);
  const before = residentKiB(pids);
  const open: Client[] = [];
  try {
    for (let n = 0; n < rooms; n++) {
      const target = targets[n % targets.length];
      if (target) open.push(...(await joinRoom(target, clients)));
    }
  } catch (error) {
    for (const client of open) client.close();
    throw new Error(`after ${open.length} sockets: ${error}`);
  }
  await wait(ASLEEP_MS);
  const cpu = cpuSeconds(pids);
  await wait(WATCHED_MS);
  const used = cpuSeconds(pids) - cpu;
  const memory = residentKiB(pids) - before;
  const lost = open.filter(({ closedBecause }) => closedBecause !== undefined).length;
  for (const client of open) client.close();
  if (lost > 0) throw new Error(`${lost} sockets were closed`);
  return { perSocket: memory / open.length, awake: used };
}

async function joinRoom({ dialect: name, port }: Target, clients: number): Promise<Client[]> {
  const dialect: Dialect = DIALECTS[name];
  const decode = decoderOf(dialect);
  const { seats } = await dialect.room(port, clients);
  return Promise.all(seats.map((seat) => Client.join(seat, dialect, decode)));
}
