import type { LogEvent, RoomEvent } from "../../protocol/events";
import type { ChatDelta } from "../../protocol/events/chat-delta";
import type { Message } from "../../protocol/message";
import type { RoomState, Stream } from "../../protocol/room-state";
import type { Task } from "../../protocol/task";
import type { Turn } from "../../protocol/turn";
import { isActive, isOpen } from "../turn/transitions";
import { isWaiting, keptStream, withRounds } from "./rounds-fold";
import { applyToTurn } from "./turn-fold";

/**
 * The one fold (contract sections 3 and 4): the state after an event, for the room's snapshot and
 * for every client alike. Applying a logged event twice, or one that is older than the state, gives
 * the state itself. `undefined` is the state before `task:updated`, a task's first event.
 */
export function applyEvent(state: RoomState | undefined, event: RoomEvent): RoomState | undefined {
  if ("seq" in event) return applyLogged(state, event);
  switch (event.type) {
    case "session:ready":
      return event.data.state ?? state;
    case "history:reset":
      return event.data.state;
    case "chat:chunk":
      return state && withText(state, event.data, "text");
    case "chat:thinking":
      return state && withText(state, event.data, "thinking");
    case "phase:update":
      return state && withProgress(state, event.data);
    default:
      return state;
  }
}

function applyLogged(state: RoomState | undefined, event: LogEvent): RoomState | undefined {
  if (!state) {
    if (event.type !== "task:updated") return undefined;
    const task = { ...event.data.task, headSeq: event.seq };
    return { task, openTurns: [], streams: [], messages: [] };
  }
  if (event.seq <= state.task.headSeq) return state;
  const openTurns = turnsAfter(state.openTurns, event);
  const streams = streamsAfter(state.streams, event);
  return {
    task: taskAfter(state.task, event, openTurns, streams),
    openTurns,
    streams,
    messages: messagesAfter(state.messages, event),
  };
}

function turnsAfter(turns: Turn[], event: LogEvent): Turn[] {
  if (event.type !== "turn:status") return turns.map((turn) => applyToTurn(turn, event));
  const { turnId, status, queuePosition } = event.data;
  const at = turns.findIndex((turn) => turn.id === turnId);
  const old = turns[at] ?? event.data.turn;
  if (!old) return turns;
  const rest = turns.filter((turn) => turn.id !== turnId);
  if (!isOpen(status)) return rest;
  const turn = applyToTurn(old, event);
  if (status !== "PENDING") return [turn, ...rest];
  const active = rest.filter((other) => isActive(other.status)).length;
  return rest.toSpliced(active + (queuePosition ?? rest.length + 1) - 1, 0, turn);
}

function taskAfter(old: Task, event: LogEvent, turns: Turn[], streams: Stream[]): Task {
  const { activeTurnId, progress, waitingFor, ...rest } = changedTask(old, event);
  const active = turns.find((turn) => isActive(turn.status));
  const percent = active ? percentOf(active) : progressAtRest(progress, event);
  return {
    ...rest,
    headSeq: event.seq,
    ...(percent !== undefined && { progress: percent }),
    ...(active && { activeTurnId: active.id }),
    ...waiting(active, streams),
  };
}

/** What a task waits for while its active turn does: for calls of its round, or as the turn says. */
export function waiting(active: Turn | undefined, streams: Stream[]): Pick<Task, "waitingFor"> {
  if (active?.status !== "WAITING") return {};
  const rounds = streams.find((one) => one.turnId === active.id)?.rounds ?? [];
  const calls = rounds.flatMap((round) => round.calls.filter(isWaiting));
  if (calls.some(({ approval }) => approval === "asked")) return { waitingFor: "approval" };
  if (calls.length > 0) return { waitingFor: "client-tool" };
  return { waitingFor: active.waitingFor ?? "confirmation" };
}

function changedTask(old: Task, event: LogEvent): Task {
  if (event.type === "task:updated") {
    // What is each reader's own is not in what all hear.
    const { role = old.role, key = old.key } = event.data.task;
    return { ...event.data.task, ...(role && { role }), ...(key !== undefined && { key }) };
  }
  if (event.type !== "task:status") return old;
  const { statusReason, endedAt, ...rest } = old;
  const { status, reason } = event.data;
  return {
    ...rest,
    status,
    updatedAt: event.ts,
    ...(reason !== undefined && { statusReason: reason }),
    ...(status === "RUNNING" && { startedAt: old.startedAt ?? event.ts }),
    ...(status !== "RUNNING" && { endedAt: event.ts }),
  };
}

export function percentOf(turn: Turn): number {
  const done = turn.steps.map((step) =>
    step.status === "COMPLETED" || step.status === "SKIPPED" ? 100 : (step.percentComplete ?? 0),
  );
  return Math.floor(done.reduce((sum, percent) => sum + percent, 0) / Math.max(1, done.length));
}

function progressAtRest(progress: number | undefined, event: LogEvent): number | undefined {
  return event.type === "turn:status" && event.data.status === "COMPLETED" ? 100 : progress;
}

export function streamsAfter(streams: Stream[], event: LogEvent): Stream[] {
  switch (event.type) {
    case "chat:start": {
      const { turnId, messageId, step, attempt, offset } = event.data;
      const rest = streams.filter((stream) => stream.messageId !== messageId);
      const before = streams.find((stream) => stream.messageId === messageId);
      const kept = before && offset !== undefined ? keptStream(before) : [];
      const begun = { turnId, messageId, step, attempt, text: "", thinking: "" };
      return [...rest, kept[0] ? { ...kept[0], attempt } : begun];
    }
    case "chat:round":
    case "tool:call":
    case "tool:approval":
    case "tool:decision":
    case "tool:result":
      return streams.map((stream) =>
        stream.messageId === event.data.messageId ? withRounds(stream, event) : stream,
      );
    case "chat:done":
      return streams.filter((stream) => stream.messageId !== event.data.messageId);
    case "chat:error":
      return streams.flatMap((stream) => {
        if (stream.messageId !== event.data.messageId) return [stream];
        // What an attempt has paid for stays for the next.
        return event.data.retryable ? keptStream(stream) : [];
      });
    case "chat:cancelled":
      return streams.filter((stream) => stream.turnId !== event.data.turnId);
    case "turn:status":
      return isOpen(event.data.status)
        ? streams
        : streams.filter((stream) => stream.turnId !== event.data.turnId);
    default:
      return streams;
  }
}

function messagesAfter(messages: Message[], event: LogEvent): Message[] {
  switch (event.type) {
    case "chat:message":
    case "chat:done":
      return withMessage(messages, event.data.message);
    case "chat:error":
      return event.data.partial ? withMessage(messages, event.data.partial) : messages;
    case "chat:cancelled":
      return event.data.message ? withMessage(messages, event.data.message) : messages;
    case "chat:start":
      // A new attempt supersedes what an earlier one left.
      return messages.filter((message) => message.id !== event.data.messageId);
    case "messages:superseded": {
      const gone = new Set(event.data.messageIds);
      return messages.filter((message) => !gone.has(message.id));
    }
    default:
      return messages;
  }
}

function withMessage(messages: Message[], message: Message): Message[] {
  return [...messages.filter((other) => other.id !== message.id), message];
}

function withText(state: RoomState, data: ChatDelta, field: "text" | "thinking"): RoomState {
  const streams = state.streams.map((stream) =>
    stream.messageId === data.messageId && stream.attempt === data.attempt
      ? { ...stream, [field]: spliced(stream[field], data) }
      : stream,
  );
  return { ...state, streams };
}

function spliced(text: string, { offset, delta }: ChatDelta): string {
  return offset === text.length ? text + delta : text.slice(0, offset) + delta;
}

type Progress = Extract<RoomEvent, { type: "phase:update" }>["data"];

function withProgress(state: RoomState, data: Progress): RoomState {
  const openTurns = state.openTurns.map((turn) => {
    if (turn.id !== data.turnId) return turn;
    const steps = turn.steps.map((step) =>
      step.step === data.step && step.attempt === data.attempt
        ? { ...step, percentComplete: data.percentComplete }
        : step,
    );
    return { ...turn, steps };
  });
  const active = openTurns.find((turn) => turn.id === data.turnId && isActive(turn.status));
  const task = active ? { ...state.task, progress: percentOf(active) } : state.task;
  return { ...state, task, openTurns };
}
