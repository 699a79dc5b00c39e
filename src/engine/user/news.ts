import { jsonBytes } from "../../protocol/bytes";
import type { LogEvent } from "../../protocol/events";
import type { Role } from "../../protocol/identity";
import type { JsonObject, JsonValue } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import type { TurnNews } from "../../protocol/rooms/turn-hook";
import type { Turn, WaitingFor } from "../../protocol/turn";
import {
  agentNotice,
  type NotificationDraft,
  type NotificationKind,
  type UserFact,
} from "../../protocol/user-events";
import { cameIn, type Room, roleOf } from "../turn/room";

/** One event for one user. (task, epoch, seq, n) is its key: the same again is no news. */
export type UserNews = { seq: number; n: number; event: UserFact };

/** What the log does not say by itself. */
export type NewsContext = {
  room: Room;
  /** A closed turn with its results whole, where it is still kept. */
  turn(turnId: string): Turn | undefined;
};

/** Whether a commit with this event may be news for somebody, so that it is worth a call. */
export function isNews({ type, data }: LogEvent): boolean {
  return (
    type === "task:status" ||
    type === "task:updated" ||
    // A wait that is over is no news by itself, but lists show it no more.
    (type === "turn:status" && [data.status, data.previous].includes("WAITING")) ||
    (type === "log" && data.metadata?.notification !== undefined)
  );
}

/**
 * What the committed `events` mean for a member (contract section 7). What was before the member
 * came in is not theirs. `events` are whole commits: what belongs together is among them.
 */
export function newsFor(userId: string, events: LogEvent[], context: NewsContext): UserNews[] {
  const role = roleOf(context.room.members, userId);
  if (!role) return [];
  const from = cameIn(context.room, userId) ?? 0;
  return events.flatMap((event, i) => {
    if (event.seq < from) return [];
    const facts = factsOf(event, { userId, role, earlier: () => events.slice(0, i) }, context);
    return facts.map((fact) => ({ seq: event.seq, ...fact }));
  });
}

const TOLD: readonly TurnStatus["status"][] = ["WAITING", "COMPLETED", "FAILED", "INTERRUPTED"];

/** Which turns wait for somebody or are over, since the member came in. */
export function turnNewsFor(userId: string, events: LogEvent[], room: Room): TurnNews[] {
  const from = cameIn(room, userId) ?? 0;
  return events.flatMap((event) => {
    if (event.type !== "turn:status" || event.seq < from) return [];
    const { turnId, status } = event.data;
    return TOLD.includes(status) ? [{ turnId, status, ts: event.ts, seq: event.seq }] : [];
  });
}

/** The last that a member hears of a task. */
export function farewell(room: Room, ts: string): UserNews {
  const { id: taskId, headSeq } = room.state.task;
  return { seq: headSeq + 1, n: 0, event: { type: "task:deleted", ts, data: { taskId } } };
}

type Reader = { userId: string; role: Role; earlier: () => LogEvent[] };
type Fact = { n: number; event: UserFact };

/** `n` is 0 for the event itself and 1 for the notification, whatever the reader gets of both. */
function factsOf(event: LogEvent, reader: Reader, context: NewsContext): Fact[] {
  switch (event.type) {
    case "task:updated":
      return arrival(event, reader, context);
    case "task:status":
      return statusNews(event, reader, context);
    case "turn:status":
      return event.data.status === "WAITING" ? waitingNews(event, reader, context) : [];
    case "log":
      return agentNews(event, context);
    default:
      return [];
  }
}

type Event<T extends LogEvent["type"]> = Extract<LogEvent, { type: T }>;

function arrival(event: Event<"task:updated">, reader: Reader, { room }: NewsContext): Fact[] {
  const { userId, role } = reader;
  const { task } = event.data;
  if (event.seq === (room.begins ?? 1) && userId === task.createdBy) {
    const data = { task: { ...task, role } };
    return [{ n: 0, event: { type: "task:created", ts: event.ts, data } }];
  }
  if (event.seq !== cameIn(room, userId)) return [];
  const data = { taskId: task.id, role, title: task.title };
  return [
    { n: 0, event: { type: "task:shared", ts: event.ts, data } },
    told(event, room, { kind: "task_shared", title: `Shared with you: ${task.title}` }),
  ];
}

function statusNews(event: Event<"task:status">, reader: Reader, context: NewsContext): Fact[] {
  const { room } = context;
  const { status, previous } = event.data;
  const data = { taskId: room.state.task.id, status, previous };
  const news: Fact[] = [{ n: 0, event: { type: "task:status", ts: event.ts, data } }];
  // Who made an ephemeral task waits for its answer, and will not look for it later.
  if (room.state.task.ephemeral) return news;
  const last = reader.earlier().findLast((other) => isTurnEnd(other));
  const turn = last?.type === "turn:status" ? last.data : undefined;
  // Whoever stops a turn by hand need not be told that it is over.
  if (turn?.status === "COMPLETED" && status === "COMPLETED") {
    news.push(told(event, room, completion(turn, context)));
  } else if (turn?.status === "FAILED" && status === "FAILED") {
    news.push(told(event, room, failureOf(turn, context)));
  }
  return news;
}

type TurnStatus = Event<"turn:status">["data"];

function isTurnEnd(event: LogEvent): boolean {
  if (event.type !== "turn:status") return false;
  return ["COMPLETED", "FAILED", "INTERRUPTED"].includes(event.data.status);
}

function completion({ turnId, reason }: TurnStatus, { room, turn }: NewsContext): Told {
  const partial = reason === "partial" && { body: "Some of its phases failed." };
  return {
    kind: "task_completed",
    title: `Completed: ${room.state.task.title}`,
    ...partial,
    data: { ...resultData(turn(turnId)), turnId },
  };
}

function failureOf({ turnId, error }: TurnStatus, { room }: NewsContext): Told {
  return {
    kind: "task_failed",
    title: `Failed: ${room.state.task.title}`,
    ...(error && { body: error.message }),
    data: { ...(error && { code: error.code }), turnId },
  };
}

/** What the last step with such a thing gave beside its text: of a deployment its `url` and `cid`. */
function resultData(turn: Turn | undefined): JsonObject {
  const given = turn?.steps.flatMap(({ status, result }) =>
    status === "COMPLETED" && result?.data !== undefined ? [result.data] : [],
  );
  const data = given?.at(-1);
  if (data === undefined || jsonBytes(data) > LIMITS.metadataBytes) return {};
  return isObject(data) ? data : { result: data };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function waitingNews(event: Event<"turn:status">, reader: Reader, { room }: NewsContext): Fact[] {
  const { turnId, waitingFor, toolCallId } = event.data;
  const asked = reader
    .earlier()
    .findLast((other) => other.type === "phase:waiting" && other.data.turnId === turnId);
  const { step, phase } = asked?.type === "phase:waiting" ? asked.data : {};
  const place = {
    turnId,
    ...(step !== undefined && { step }),
    ...(phase !== undefined && { phase }),
    ...(waitingFor && { waitingFor }),
    ...(toolCallId !== undefined && { toolCallId }),
  };
  const data = { taskId: room.state.task.id, ...place };
  const news: Fact[] = [{ n: 0, event: { type: "turn:waiting", ts: event.ts, data } }];
  // Only those who may answer are waited for, and only where a person does: a client's tools are its own.
  if (reader.role === "viewer" || waitingFor === "client-tool") return news;
  const title = `Waiting for you: ${room.state.task.title}`;
  const body = phase !== undefined && { body: `${phase} ${ASKS[waitingFor ?? "confirmation"]}` };
  return [...news, told(event, room, { kind: "turn_waiting", title, ...body, data: place })];
}

const ASKS: Record<Exclude<WaitingFor, "client-tool">, string> = {
  confirmation: "needs your confirmation.",
  approval: "wants to use a tool and needs your approval.",
  budget: "would go past the turn's limit of tokens and needs your confirmation.",
};

function agentNews(event: Event<"log">, { room }: NewsContext): Fact[] {
  const asked = agentNotice.safeParse(event.data.metadata?.notification);
  if (!asked.success) return [];
  const { title, body, data } = asked.data;
  const notice = { title, ...(body !== undefined && { body }), ...(data && { data }) };
  return [told(event, room, { kind: "agent", ...notice })];
}

type Told = { kind: NotificationKind; title: string; body?: string; data?: JsonObject };

function told({ ts }: LogEvent, room: Room, { title, ...rest }: Told): Fact {
  const notification: NotificationDraft = {
    ...rest,
    title: title.slice(0, LIMITS.titleChars).toWellFormed(),
    taskId: room.state.task.id,
  };
  return { n: 1, event: { type: "notification", ts, data: { notification } } };
}
