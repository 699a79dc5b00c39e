import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import { fetchRaw } from "../dialects/taskroom-rest";
import { Listener } from "../listener";
import type { Model } from "../model";
import { Script } from "../script";

export type CostJob = {
  kind: "cost";
  target: Target;
  tokens: number;
  perSecond: number;
  /** Rounds of two tools before the answer. */
  rounds?: number;
};

/** What trails behind: projections, checks, the compaction of a stream. */
const SETTLE_MS = 3000;

/** What one turn adds to the counts of a counting build. */
export async function runCost(job: CostJob, model: Model): Promise<Record<string, number>> {
  const { target, tokens, perSecond, rounds = 0 } = job;
  const dialect: Dialect = DIALECTS[target.dialect];
  const { id, seats } = await dialect.room(target.port, 1, rounds > 0 ? model.toolsUrl : undefined);
  const [seat] = seats;
  if (!seat) throw new Error("no seat");
  const client = await Client.join(seat, dialect, decoderOf(dialect));
  const script = new Script(tokens, perSecond);
  model.play(id, script, rounds);
  await wait(SETTLE_MS);
  const before = await countsOf(target.port);
  const listener = new Listener(client, script);
  client.send(dialect.start(id));
  await listener.done;
  await wait(SETTLE_MS);
  const after = await countsOf(target.port);
  client.close();
  model.forget();
  return Object.fromEntries(Object.entries(after).map(([key, n]) => [key, n - (before[key] ?? 0)]));
}

async function countsOf(port: number): Promise<Record<string, number>> {
  const { answer } = await fetchRaw(port, "GET", "/counts", {});
  return JSON.parse(answer);
}
