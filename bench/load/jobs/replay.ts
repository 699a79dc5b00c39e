import { randomUUID } from "node:crypto";
import type { Target } from "../../hosts/systems";
import { Client, decoderOf } from "../client";
import type { Heard } from "../dialects/dialect";
import { socketIo } from "../dialects/socket-io";
import { seatOf, taskroom } from "../dialects/taskroom";
import { call } from "../dialects/taskroom-rest";
import type { Model } from "../model";
import { Script } from "../script";

export type ReplayJob = { kind: "replay"; target: Target; events: number };

const DEADLINE_MS = 60_000;
/** Turns that wait at the same time; a task takes twenty. */
const WAITING = 15;

type Task = { user: string; taskId: string; head: number };
const tasks = new Map<string, Task>();

/** Milliseconds from opening a connection until it has been told all events of a task. */
export async function runReplay(job: ReplayJob, model: Model): Promise<Record<string, number>> {
  if (job.target.dialect === "socket.io") return { replay: await recovered(job) };
  const { user, taskId, head } = await longTask(job, model);
  const { ear, done } = counter(head);
  const startedAt = performance.now();
  const seat = seatOf(job.target.port, taskId, user, { after: 0 });
  const client = await Client.join(seat, taskroom, decoderOf(taskroom), ear);
  const at = await done;
  client.close();
  return { replay: at - startedAt, events: head };
}

/** Checks that events come one after another; tells when the last has. */
function counter(last: number) {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const late = setTimeout(() => reject(new Error(`only ${seen} of ${last}`)), DEADLINE_MS);
  let seen = 0;
  const ear = (heard: Heard, at: number) => {
    if (heard.type !== "logged") return;
    if (heard.seq !== seen + 1) reject(new Error(`${heard.seq} after ${seen}`));
    seen = heard.seq;
    if (seen < last) return;
    clearTimeout(late);
    resolve(at);
  };
  return { ear, done: promise };
}

/** A task with a log so long, made by turns as they are. */
async function longTask({ target: { port }, events }: ReplayJob, model: Model): Promise<Task> {
  const known = tasks.get(`${port} ${events}`);
  if (known) return known;
  const user = `u-${randomUUID()}`;
  const { id: taskId } = await call<{ id: string }>(port, user, "POST", "/tasks", {});
  model.play(taskId, new Script(1));
  const observer = await Client.join(seatOf(port, taskId, user), taskroom, decoderOf(taskroom));
  let head = 0;
  let waiting = 0;
  let freed: () => void = () => undefined;
  observer.ear = (heard) => {
    if (heard.type !== "logged") return;
    head = heard.seq;
    if (heard.event === "turn:status" && heard.status === "COMPLETED") waiting--;
    freed();
  };
  const change = () =>
    new Promise<void>((resolve) => {
      freed = resolve;
    });
  while (head < events || waiting > 0) {
    if (head < events && waiting < WAITING) {
      waiting++;
      await call(port, user, "POST", `/tasks/${taskId}/execute`, { input: taskId });
    } else await change();
  }
  observer.close();
  const task = { user, taskId, head };
  tasks.set(`${port} ${events}`, task);
  return task;
}

/** socket.io's nearest: the events of a room that one missed, from the server's memory. */
async function recovered({ target: { port }, events }: ReplayJob): Promise<number> {
  const { seats } = await socketIo.room(port, 2);
  const [seat, other] = seats;
  if (!seat || !other || !socketIo.resume) throw new Error("no seat");
  let token = "";
  let offset = "";
  const first = await Client.join(seat, socketIo, decoderOf(socketIo), (heard) => {
    if (heard.type === "ready") token = heard.session?.token ?? "";
    if (heard.type === "text") offset = heard.mark ?? "";
  });
  const second = await Client.join(other, socketIo, decoderOf(socketIo));
  // One has to have heard something to recover from.
  second.send('42["say","x"]');
  while (offset === "") await new Promise((resolve) => setTimeout(resolve, 5));
  first.cut();
  const filled = new Promise<void>((resolve) => {
    second.ear = (heard) => heard.type === "ack" && resolve();
  });
  second.send(`42["fill",${events}]`);
  await filled;
  const { hello = "" } = socketIo.resume(seat, { token, offset });
  const { ear, done } = counter(events);
  const startedAt = performance.now();
  const back = await Client.join(seat, { ...socketIo, hello }, decoderOf(socketIo), ear);
  const at = await done;
  back.close();
  second.close();
  return at - startedAt;
}
