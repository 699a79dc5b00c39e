import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod";
import { isOpen } from "../../src/engine/turn/transitions";
import { logEvent } from "../../src/protocol/events";
import { message } from "../../src/protocol/message";
import { task } from "../../src/protocol/task";
import { turn } from "../../src/protocol/turn";
import { type UserEvent, userEvent } from "../../src/protocol/user-events";
import { WEBHOOK_TEST } from "../../src/protocol/webhooks";
import { until } from "../support/until";
import { UserFrames } from "../support/user-frames";
import type { Evidence } from "./evidence";
import type { FaultUser } from "./fault-user";
import { violations } from "./invariants";
import type { FaultRoom } from "./room";

const turns = z.object({ items: z.array(turn) });
const messages = z.object({ items: z.array(message), nextCursor: z.string().nullable() });
const events = z.object({ items: z.array(logEvent), nextCursor: z.string().nullable() });
const listed = z.object({
  items: z.array(z.looseObject({ id: z.string(), status: z.string(), title: z.string() })),
});
const stats = z.looseObject({ outboxLag: z.number() });
const place = z.looseObject({ headSeq: z.number(), epoch: z.string() });

/** Lets a room come to rest, gathers what it has left, and says what is wrong with it. */
export function check(room: FaultRoom): Promise<string[]> {
  return checkBeside(room, () => []);
}

/** The same, with what else must hold of the room. */
export async function checkBeside(
  room: FaultRoom,
  more: (evidence: Evidence) => string[],
): Promise<string[]> {
  try {
    const evidence = await settle(room);
    return [...violations(evidence), ...more(evidence)];
  } finally {
    await room.close();
  }
}

async function settle(room: FaultRoom): Promise<Evidence> {
  const { owner, taskId, mark, stage, turnLimitMs, sent } = room;
  await rest(room);
  // As they are now: one that is left behind ends by its limit while the rest is read.
  const ended = await readTurns(room);
  const row = await agreement(room);
  const [now, log] = [await owner.ask(task, "GET", `/tasks/${taskId}`), await readLog(room)];
  const late = [await room.watch(), await room.watch({ replay: true })];
  await patiently(room, async () =>
    room.watchers.every(({ frames }) => frames.state?.task.headSeq === now.headSeq),
  );
  const news = await readNews(room);
  return {
    mark,
    turnLimitMs,
    sent,
    answers: stage.answers(mark),
    log,
    messages: await readMessages(room),
    turns: ended,
    task: now,
    stored: late[0]?.frames.state,
    clients: room.watchers.map((watcher) => watcher.evidence()),
    listed: row,
    news,
    delivered: await readDelivered(room, news.length),
    serverErrors: owner.serverErrors,
  };
}

/** Waits until no turn is open. */
export function rest(room: FaultRoom): Promise<boolean> {
  return patiently(room, async () => (await readTurns(room)).every((one) => !isOpen(one.status)));
}

/** Whether something came about within the stage's patience; calls that fail are made again. */
async function patiently(room: FaultRoom, condition: () => Promise<boolean>): Promise<boolean> {
  const tried = () => condition().catch(() => false);
  try {
    return await until("it comes about", tried, room.stage.patienceMs);
  } catch {
    return false;
  }
}

async function readTurns({ owner, taskId }: FaultRoom): Promise<Evidence["turns"]> {
  return (await owner.ask(turns, "GET", `/tasks/${taskId}/turns?limit=200`)).items;
}

/** The task as its owner's home lists it, once everybody has been told everything. */
async function agreement(room: FaultRoom): Promise<Evidence["listed"]> {
  const { owner, taskId } = room;
  let row: Evidence["listed"];
  const agrees = async () => {
    const { outboxLag } = await owner.ask(stats, "GET", `/tasks/${taskId}/stats`);
    const { items } = await owner.ask(listed, "GET", "/tasks");
    const now = await owner.ask(task, "GET", `/tasks/${taskId}`);
    const found = items.find(({ id }) => id === taskId);
    row = found && { status: found.status, title: found.title };
    return outboxLag === 0 && row?.status === now.status;
  };
  return (await patiently(room, agrees)) ? row : undefined;
}

export function readLog({ owner, taskId }: FaultRoom): Promise<Evidence["log"]> {
  return readAll(owner, events, `/tasks/${taskId}/events?limit=200`);
}

/** In their order; a page holds the newest that are older than the one before it. */
async function readMessages({ owner, taskId }: FaultRoom): Promise<Evidence["messages"]> {
  const all = await readAll(owner, messages, `/messages?taskId=${taskId}&limit=200`);
  return all.sort((one, other) => one.seq - other.seq);
}

type PageOf<T> = { items: T[]; nextCursor: string | null };

async function readAll<T>(owner: FaultUser, schema: z.ZodType<PageOf<T>>, path: string) {
  const all: T[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const cursor: string = after === "" ? "" : `&cursor=${encodeURIComponent(after)}`;
    const page: PageOf<T> = await owner.ask(schema, "GET", `${path}${cursor}`);
    all.push(...page.items);
    after = page.nextCursor;
  }
  return all;
}

/** The owner's own log, heard from its beginning. */
async function readNews({ owner }: FaultRoom): Promise<UserEvent[]> {
  const { headSeq, epoch } = place.parse(await firstOf(owner));
  const frames = new UserFrames();
  const ws = owner.own({ after: 0, epoch });
  ws.addEventListener("message", ({ data }) => frames.take(String(data)));
  try {
    const isThere = () => headSeq === 0 || frames.logged().some(({ seq }) => seq === headSeq);
    await until("the news are heard", isThere);
  } finally {
    ws.close();
  }
  return frames.logged().map((frame) => userEvent.parse(frame));
}

async function firstOf(owner: FaultUser): Promise<unknown> {
  const frames = new UserFrames();
  const ws = owner.own();
  ws.addEventListener("message", ({ data }) => frames.take(String(data)));
  try {
    return (await until("the own room answers", () => frames.of("session:ready")[0])).data;
  } finally {
    ws.close();
  }
}

/** What the webhook has taken, without repeats, once nothing more is due. */
async function readDelivered(room: FaultRoom, due: number): Promise<Evidence["delivered"]> {
  if (!room.hook) return undefined;
  const { receiver, id } = room.hook;
  // Whoever tries their endpoint out is told nothing that the log says.
  const isNews = ({ status, body }: (typeof receiver.received)[number]) =>
    status < 300 && body.type !== WEBHOOK_TEST;
  const taken = () => firstOfEach(receiver.received.filter(isNews));
  await patiently(room, async () => {
    if (taken().length >= due) return true;
    // Whoever asks wakes the user's room.
    await room.owner.call("GET", `/webhooks/${id}/deliveries`);
    await wait(100);
    return false;
  });
  return taken().map(({ body: { type, data } }) => ({ type, data }));
}

function firstOfEach<T extends { id: string }>(items: T[]): T[] {
  return items.filter(({ id }, i) => items.findIndex((one) => one.id === id) === i);
}
