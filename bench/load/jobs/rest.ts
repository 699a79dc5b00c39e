import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Target } from "../../hosts/systems";
import { fetchRaw, type Sent } from "../dialects/taskroom-rest";
import { tokenOf } from "../dialects/token";
import { percentile } from "../numbers";

export type RestJob = {
  kind: "rest";
  target: Target;
  does: "create" | "list" | "messages";
  requests: number;
};

const TOGETHER = 8;
/** Tasks of the user who lists, messages of the task that is read: a full page. */
const PAGE = 60;
/** What making them has begun, such as telling their owner, is over by then. */
const SETTLED_MS = 1500;

type Request = { method: string; path: string } & Sent;

/** Requests per second and their p99, eight at a time. */
export async function runRest(job: RestJob): Promise<Record<string, number>> {
  const { port } = job.target;
  const request = await requestOf(job);
  const times: number[] = [];
  let left = job.requests;
  const startedAt = performance.now();
  const work = async () => {
    while (left-- > 0) {
      const sentAt = performance.now();
      await send(port, request);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: TOGETHER }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond: job.requests / seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
  };
}

async function requestOf({ target, does }: RestJob): Promise<Request> {
  const user = `u-${randomUUID()}`;
  const who = { user, token: tokenOf(user) };
  const create: Request = {
    method: "POST",
    path: "/api/v1/tasks",
    body: { title: "A task" },
    ...who,
  };
  if (does === "create") return create;
  if (does === "list") {
    for (let n = 0; n < PAGE; n++) await send(target.port, create);
    await wait(SETTLED_MS);
    return { method: "GET", path: "/api/v1/tasks", ...who };
  }
  const { id } = JSON.parse(await send(target.port, create)) as { id: string };
  await send(target.port, {
    ...{ method: "POST", path: `/fill?task=${id}&messages=${PAGE}` },
    body: { taskId: id, messages: PAGE },
  });
  return { method: "GET", path: `/api/v1/messages?taskId=${id}`, ...who };
}

async function send(port: number, { method, path, ...sent }: Request): Promise<string> {
  const { status, answer } = await fetchRaw(port, method, path, sent);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${answer.slice(0, 200)}`);
  return answer;
}
