import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import { cpuSeconds } from "../cpu";
import type { Dialect } from "../dialects/dialect";
import { DIALECTS } from "../dialects/index";
import { Listener } from "../listener";
import type { Model } from "../model";
import { median, percentile } from "../numbers";
import { Script } from "../script";

export type StreamJob = {
  kind: "stream";
  target: Target;
  rooms: number;
  clients: number;
  tokens: number;
  perSecond?: number;
};

export type StreamFigures = {
  /** Milliseconds from the provider's write to a client. */
  p50: number;
  p99: number;
  /** Milliseconds from the start's frame to the first text, less what the provider took. */
  firstToken: number;
  /** Of these, milliseconds until the provider was asked. */
  asked: number;
  /** Tokens times clients per second. */
  perSecond: number;
  /** Seconds of processor time for a million tokens at one client. */
  cpuPerMillion: number;
  /** Milliseconds until everybody was in. */
  joined: number;
  /** The slowest room's p99 over the median room's. */
  spread: number;
};

const DEADLINE_MS = 90_000;
/** After it the last words of a turn have been stored, too. */
const SETTLE_MS = 200;
/** Handshakes at the same time. */
const JOINING = 20;

type Audience = { script: Script; clients: Client[]; listeners: Listener[]; startedAt: number };

/** Lets rooms stream to their clients and looks at every token that arrives. */
export async function runStream(job: StreamJob, model: Model): Promise<StreamFigures> {
  const dialect: Dialect = DIALECTS[job.target.dialect];
  const joiningAt = performance.now();
  const audiences = await gather(job, dialect, model);
  const joined = performance.now() - joiningAt;
  await wait(SETTLE_MS);
  const cpuBefore = cpuSeconds(job.target.pids);
  for (const [room, audience] of audiences) {
    audience.startedAt = performance.now();
    audience.clients[0]?.send(dialect.start(room));
  }
  const all = [...audiences.values()];
  await within(DEADLINE_MS, all);
  await wait(SETTLE_MS);
  const cpu = cpuSeconds(job.target.pids) - cpuBefore;
  for (const { clients } of all) for (const client of clients) client.close();
  model.forget();
  return { ...figuresOf(all, job), cpuPerMillion: (cpu * 1e6) / deliveries(job), joined };
}

async function gather(
  { target, rooms, clients, tokens, perSecond }: StreamJob,
  dialect: Dialect,
  model: Model,
): Promise<Map<string, Audience>> {
  const decode = decoderOf(dialect);
  const audiences = new Map<string, Audience>();
  const open = async () => {
    const { id, seats } = await dialect.room(target.port, clients);
    const joined: Client[] = [];
    for (let from = 0; from < seats.length; from += JOINING) {
      const some = seats.slice(from, from + JOINING);
      joined.push(...(await Promise.all(some.map((seat) => Client.join(seat, dialect, decode)))));
    }
    const script = new Script(tokens, perSecond);
    model.play(id, script);
    const listeners = joined.map((client) => new Listener(client, script));
    audiences.set(id, { script, clients: joined, listeners, startedAt: 0 });
  };
  const atOnce = Math.max(1, Math.floor(JOINING / clients));
  for (let left = rooms; left > 0; left -= atOnce) {
    await Promise.all(Array.from({ length: Math.min(left, atOnce) }, open));
  }
  return audiences;
}

async function within(ms: number, audiences: Audience[]): Promise<void> {
  const listeners = audiences.flatMap((audience) => audience.listeners);
  const timer = setTimeout(() => {
    for (const listener of listeners) listener.fail("not done in time");
  }, ms);
  await Promise.all(listeners.map(({ done }) => done)).finally(() => clearTimeout(timer));
}

function figuresOf(audiences: Audience[], job: StreamJob) {
  const latencies = sorted(audiences.flatMap(({ listeners }) => listeners));
  const p99s = audiences.map(({ listeners }) => percentile(sorted(listeners), 0.99));
  const first = Math.min(...audiences.map(({ script }) => script.writtenAt[0] ?? 0));
  const listeners = audiences.flatMap((audience) => audience.listeners);
  const last = listeners.reduce((latest, { lastTextAt }) => Math.max(latest, lastTextAt), 0);
  return {
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    asked: median(audiences.map(({ script, startedAt }) => script.askedAt - startedAt)),
    firstToken: median(audiences.flatMap(firstTokens)),
    perSecond: (deliveries(job) * 1000) / (last - first),
    spread: Math.max(...p99s) / median(p99s),
  };
}

function sorted(listeners: Listener[]): Float64Array {
  const all = new Float64Array(listeners.reduce((sum, one) => sum + one.latencies.length, 0));
  let at = 0;
  for (const { latencies } of listeners) {
    all.set(latencies, at);
    at += latencies.length;
  }
  return all.sort();
}

function firstTokens({ listeners, script, startedAt }: Audience): number[] {
  const provider = (script.writtenAt[0] ?? 0) - script.askedAt;
  return listeners.map(({ firstTextAt }) => firstTextAt - startedAt - provider);
}

function deliveries({ rooms, clients, tokens }: StreamJob): number {
  return rooms * clients * tokens;
}
