import { isDeepStrictEqual } from "node:util";
import { isActive, isOpen, TASK_MOVES, TURN_MOVES } from "../../src/engine/turn/transitions";
import type { LogEvent } from "../../src/protocol/events";
import { LIMITS } from "../../src/protocol/limits";
import type { TurnStatus } from "../../src/protocol/turn";
import type { Evidence } from "./evidence";
import { deliveriesInOrder, newsTold } from "./news-invariants";

/** What an invariant found wrong; nothing where it holds. */
export type Invariant = (evidence: Evidence) => string[];

/** What must hold of every room, whatever has happened to it. */
export const INVARIANTS: Record<string, Invariant> = {
  "no acknowledged message is lost": acknowledgedKept,
  "no message is doubled": noneDoubled,
  "the log is numbered without gaps": logNumbered,
  "every client hears the log as it is stored": heardAsStored,
  "at most one turn is at work": oneAtWork,
  "turns and tasks move as they may": legalMoves,
  "every turn ends, within its limit": turnsEnd,
  "the task's status agrees with its turns": statusAgrees,
  "the text delivered is the text stored": textWhole,
  "a turn's last words come in order": lastWordsInOrder,
  "no client folds to another state": foldsAgree,
  "D1 agrees with the room": listAgrees,
  "news comes once and in order": newsTold,
  "webhooks come at least once and in order": deliveriesInOrder,
  "nothing of another room is heard": nothingForeign,
  "no 5xx but `unavailable`": noServerError,
};

/** Everything that is wrong with a room, each with the invariant that it breaks. */
export function violations(evidence: Evidence): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, holds]) =>
    holds(evidence).map((what) => `${name}: ${what}`),
  );
}

function acknowledgedKept({ sent, messages }: Evidence): string[] {
  return sent.flatMap(({ content, acks }) =>
    acks.flatMap(({ messageId }) => {
      const kept = messages.find(({ id }) => id === messageId);
      if (!kept) return [`${messageId} (${quote(content)}) is not in the history`];
      return kept.content === content ? [] : [`${messageId} holds ${quote(kept.content)}`];
    }),
  );
}

function noneDoubled({ sent, messages, log }: Evidence): string[] {
  const users = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  const ids = [
    ...messages.map(({ id }) => id),
    ...log.flatMap((event) => (event.type === "chat:message" ? [event.data.message.id] : [])),
  ];
  const logged = ids.slice(messages.length);
  const foreign = users.filter((content) => !sent.some((one) => one.content === content));
  const split = sent.filter(({ acks }) => new Set(acks.map(({ messageId }) => messageId)).size > 1);
  return [
    ...repeated(users).map((content) => `${quote(content)} stands there twice`),
    ...repeated(ids.slice(0, messages.length)).map((id) => `${id} stands there twice`),
    ...repeated(logged).map((id) => `${id} is logged twice`),
    ...foreign.map((content) => `${quote(content)} was never sent`),
    ...split.map(({ content }) => `${quote(content)} was given several ids`),
  ];
}

function logNumbered({ log, task }: Evidence): string[] {
  const wrong = log.findIndex(({ seq }, i) => seq !== i + 1);
  if (wrong >= 0) return [`event ${wrong + 1} has the number ${log[wrong]?.seq}`];
  return log.length === task.headSeq ? [] : [`${log.length} events, and a head of ${task.headSeq}`];
}

function heardAsStored({ log, clients }: Evidence): string[] {
  const stored = new Map(log.map((event) => [event.seq, event]));
  return clients.flatMap(({ name, heard, complaints }) => {
    const other = heard.find(
      (event) => !same(withoutRole(event), withoutRole(stored.get(event.seq))),
    );
    const told = other ? [`${name} heard another event ${other.seq} (${other.type})`] : [];
    return [...complaints.map((what) => `${name}: ${what}`), ...told];
  });
}

function oneAtWork({ log }: Evidence): string[] {
  const status = new Map<string, TurnStatus>();
  return log.flatMap((event) => {
    if (event.type !== "turn:status") return [];
    status.set(event.data.turnId, event.data.status);
    const active = [...status].filter(([, now]) => isActive(now)).map(([id]) => id);
    return active.length > 1 ? [`${active.join(" and ")} at event ${event.seq}`] : [];
  });
}

function legalMoves({ log }: Evidence): string[] {
  const turns = new Map<string, TurnStatus>();
  let task: keyof typeof TASK_MOVES = "PENDING";
  return log.flatMap((event) => {
    if (event.type === "turn:status") {
      const { turnId, status, previous } = event.data;
      const before = turns.get(turnId) ?? null;
      turns.set(turnId, status);
      const allowed = before === null ? status === "PENDING" : TURN_MOVES[before].includes(status);
      return allowed && previous === before ? [] : [`${turnId}: ${before} to ${status}`];
    }
    if (event.type !== "task:status") return [];
    const before = task;
    task = event.data.status;
    const allowed = TASK_MOVES[before].includes(task) && event.data.previous === before;
    return allowed ? [] : [`the task: ${before} to ${task}`];
  });
}

function turnsEnd({ log, turns, turnLimitMs }: Evidence): string[] {
  const open = turns.filter(({ status }) => isOpen(status));
  const begun = new Map<string, number>();
  const late = log.flatMap((event) => {
    if (event.type !== "turn:status" || turnLimitMs === undefined) return [];
    const { turnId, status, previous } = event.data;
    const at = Date.parse(event.ts);
    if (status === "PROCESSING" && previous === "PENDING") begun.set(turnId, at);
    const took = at - (begun.get(turnId) ?? at);
    return !isOpen(status) && took > turnLimitMs ? [`${turnId} took ${took} ms`] : [];
  });
  return [...open.map(({ id, status }) => `${id} is still ${status}`), ...late];
}

function statusAgrees({ log, turns, task }: Evidence): string[] {
  if (task.status === "CANCELLED") return [];
  const last = log.findLast((event) => event.type === "turn:status" && !isOpen(event.data.status));
  const outcome = last?.type === "turn:status" ? last.data.status : undefined;
  const closed = outcome === "FAILED" ? "FAILED" : "COMPLETED";
  const isAtWork = turns.some(({ status }) => isOpen(status));
  const expected = isAtWork ? "RUNNING" : outcome ? closed : "PENDING";
  return task.status === expected ? [] : [`it is ${task.status}, its turns say ${expected}`];
}

function textWhole({ log, messages, answers }: Evidence): string[] {
  const said = new Map<string, string>();
  for (const event of log) {
    if (event.type === "chat:done") said.set(event.data.message.id, event.data.message.content);
  }
  return messages.flatMap(({ id, role, status, content }) => {
    if (role !== "assistant" || status !== "complete") return [];
    if (said.get(id) !== content) return [`${id} is not stored as it was said`];
    return answers.includes(content)
      ? []
      : [`${id} is no answer that was given: ${quote(content)}`];
  });
}

/** Contract section 4: the last word, the turn's terminal status, then the task's. */
function lastWordsInOrder({ log }: Evidence): string[] {
  const lastWord = new Map<string, number>();
  return log.flatMap((event) => {
    if (isLastWord(event)) lastWord.set(event.data.turnId, event.seq);
    if (event.type !== "turn:status") return [];
    const { turnId, status } = event.data;
    const isEnd = !isOpen(status);
    if (!isEnd) return [];
    const spoken = lastWord.delete(turnId);
    return spoken ? [] : [`${turnId} is ${status} without a last word`];
  });
}

type LastWord = Extract<LogEvent, { type: "chat:done" | "chat:error" | "chat:cancelled" }>;

function isLastWord(event: LogEvent): event is LastWord {
  if (event.type === "chat:error") return !event.data.retryable;
  return event.type === "chat:done" || event.type === "chat:cancelled";
}

/** A state holds all messages, or, where they do not fit a frame, at least the newest. */
function foldsAgree({ stored, clients, messages }: Evidence): string[] {
  const expected = withoutMessages(stored);
  const other = clients.filter(({ state }) => !same(withoutMessages(state), expected));
  const isWhole = messages.length <= LIMITS.defaultPageItems && fitsAFrame(messages);
  const isTorn = (shown: Evidence["messages"] = []) =>
    !same(shown, isWhole ? messages : messages.slice(messages.length - shown.length));
  const torn = clients.filter(({ state }) => isTorn(state?.messages));
  return [
    ...(isTorn(stored?.messages) ? ["the snapshot is not the history"] : []),
    ...other.map(({ name }) => `${name} shows something else`),
    ...torn.map(({ name }) => `${name} shows other messages`),
  ];
}

/** For certain: whatever they are written in, and with a state around them. */
function fitsAFrame(messages: Evidence["messages"]): boolean {
  return JSON.stringify(messages).length < LIMITS.sentFrameBytes / 4;
}

function listAgrees({ listed, task }: Evidence): string[] {
  if (!listed) return ["the task is not listed as it is"];
  return listed.status === task.status ? [] : [`it is listed as ${listed.status}`];
}

function nothingForeign({ clients, mark }: Evidence): string[] {
  return clients.flatMap(({ name, marks }) =>
    marks.filter((one) => one !== mark).map((one) => `${name} heard ${one}`),
  );
}

export function noServerError({ serverErrors }: Pick<Evidence, "serverErrors">): string[] {
  return serverErrors
    .filter(({ code }) => code !== "unavailable")
    .map(({ path, status, code }) => `${path} answered ${status} ${code ?? ""}`);
}

function repeated(items: string[]): string[] {
  return items.filter((item, i) => items.indexOf(item) !== i);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** As JSON has it: what is undefined is not there. */
function same(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

/** A task names the role of whoever reads it. */
function withoutRole(event: LogEvent | undefined): unknown {
  if (event?.type !== "task:updated") return event;
  const { role, ...task } = event.data.task;
  return { ...event, data: { task } };
}

function withoutMessages(state: Evidence["stored"]): unknown {
  if (!state) return undefined;
  const { role, ...task } = state.task;
  return { ...state, task, messages: [] };
}
