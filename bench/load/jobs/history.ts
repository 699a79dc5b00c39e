import { randomUUID } from "node:crypto";
import type { Target } from "../../hosts/systems";
import { call, fetchRaw } from "../dialects/taskroom-rest";
import { median, percentile } from "../numbers";

export type HistoryJob = { kind: "history"; target: Target; messages: number; pages: number };

type Page = { items: { seq: number }[]; nextCursor: string | null };
type Filled = { user: string; taskId: string };
const filled = new Map<string, Filled>();

/** Milliseconds for pages of a long history: the newest, and older ones all through it. */
export async function runHistory(job: HistoryJob): Promise<Record<string, number>> {
  const { user, taskId } = await fill(job);
  const read = async (query: string) => {
    const path = `/messages?taskId=${taskId}${query}`;
    const startedAt = performance.now();
    const page = await call<Page>(job.target.port, user, "GET", path);
    return { page, ms: performance.now() - startedAt };
  };
  const newest: number[] = [];
  const older: number[] = [];
  for (let n = 0; n < job.pages; n++) {
    const first = await read("");
    newest.push(first.ms);
    // Somewhere in the middle, by the id of a message there.
    const before = 1000 + Math.floor(Math.random() * (job.messages - 3000));
    const { page, ms } = await read(`&before=${idAt(taskId, before)}`);
    older.push(ms);
    if (page.items.at(-1)?.seq !== before - 1) throw new Error(`a wrong page before ${before}`);
  }
  const sorted = Float64Array.from(older).sort();
  return { newest: median(newest), older: median(older), olderWorst: percentile(sorted, 0.95) };
}

async function fill({ target, messages }: HistoryJob): Promise<Filled> {
  const known = filled.get(`${target.port} ${messages}`);
  if (known) return known;
  const user = `u-${randomUUID()}`;
  const { id: taskId } = await call<{ id: string }>(target.port, user, "POST", "/tasks", {});
  await fetchRaw(target.port, "POST", `/fill?task=${taskId}&messages=${messages}`, {});
  filled.set(`${target.port} ${messages}`, { user, taskId });
  return { user, taskId };
}

/** As `servers/fill.ts` names them. */
function idAt(taskId: string, number: number): string {
  return `msg_${taskId.slice(-10)}${String(number).padStart(16, "0")}`;
}
