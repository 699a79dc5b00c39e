import type { LogEvent } from "../../protocol/events";
import type { PhaseData } from "../../protocol/events/phase";
import type { Step, StepStatus, Turn } from "../../protocol/turn";
import { isOpen, isStepClosed } from "../turn/transitions";

/** A turn after an event that names it; the turn itself where the event says nothing of it. */
export function applyToTurn(turn: Turn, event: LogEvent): Turn {
  switch (event.type) {
    case "turn:status":
      return event.data.turnId === turn.id ? withStatus(turn, event) : turn;
    case "chat:start": {
      const { turnId, step, attempt, messageId, bot } = event.data;
      if (turnId !== turn.id) return turn;
      return withStep(turn, step, (old) => ({
        ...running(old, attempt, event.ts),
        messageId,
        bot,
      }));
    }
    case "chat:done":
      if (event.data.turnId !== turn.id) return turn;
      return withSpeaker(turn, event.data.messageId, (old) => closed(old, "COMPLETED", event.ts));
    case "chat:error": {
      const { turnId, messageId, retryable } = event.data;
      if (turnId !== turn.id) return turn;
      return withSpeaker(turn, messageId, (old) =>
        retryable ? retrying(old) : closed(old, "FAILED", event.ts),
      );
    }
    case "chat:cancelled":
      return event.data.turnId === turn.id ? interrupted(turn, event.ts) : turn;
    case "phase:start":
    case "phase:done":
    case "phase:error":
    case "phase:retry":
    case "phase:waiting":
    case "phase:skipped":
      return event.data.turnId === turn.id ? withPhase(turn, event) : turn;
    default:
      return turn;
  }
}

type StatusEvent = Extract<LogEvent, { type: "turn:status" }>;
type PhaseEvent = Extract<LogEvent, { type: `phase:${string}` }>;

function withStatus(turn: Turn, { data, ts }: StatusEvent): Turn {
  const { reason, error, deadlineAt, endedAt, waitingFor, ...rest } = data.turn ?? turn;
  return {
    ...rest,
    status: data.status,
    ...(data.status === "PROCESSING" && { startedAt: rest.startedAt ?? ts }),
    ...(data.deadlineAt !== undefined && { deadlineAt: data.deadlineAt }),
    ...(data.reason !== undefined && { reason: data.reason }),
    ...(data.waitingFor && { waitingFor: data.waitingFor }),
    ...(data.error !== undefined && { error: data.error }),
    ...(data.usage !== undefined && { usage: data.usage }),
    ...(!isOpen(data.status) && { endedAt: ts }),
    steps: data.status === "FAILED" ? rest.steps.map((step) => unfinished(step, ts)) : rest.steps,
  };
}

/** A failed turn leaves no step at work. */
function unfinished(step: Step, ts: string): Step {
  const atWork = !isStepClosed(step.status) && step.status !== "PENDING";
  return atWork ? closed(step, "FAILED", ts) : step;
}

function withPhase(turn: Turn, { type, data, ts }: PhaseEvent): Turn {
  return withStep(turn, data.step, (old) => phaseStep({ ...old, run: data.run }, type, data, ts));
}

function phaseStep(old: Step, type: PhaseEvent["type"], data: PhaseData, ts: string): Step {
  const result = data.result && { result: data.result };
  switch (type) {
    case "phase:start":
      return running(old, data.attempt, ts);
    case "phase:done":
      return { ...closed(old, "COMPLETED", ts), percentComplete: 100, ...result };
    case "phase:error":
      return { ...closed(old, "FAILED", ts), ...result };
    case "phase:retry":
      // A closed step that is tried again was rolled back.
      return isStepClosed(old.status) ? pending(old) : retrying(old);
    case "phase:waiting":
      return waiting(old);
    case "phase:skipped":
      return { ...old, status: "SKIPPED" };
  }
}

function running(old: Step, attempt: number, ts: string): Step {
  const { endedAt, durationMs, percentComplete, result, ...rest } = old;
  return { ...rest, status: "RUNNING", attempt, startedAt: old.startedAt ?? ts };
}

// Percents are momentary: who missed one must come to the same state, so an attempt's end drops it.
function retrying({ percentComplete, ...rest }: Step): Step {
  return { ...rest, status: "RETRYING" };
}

function waiting({ percentComplete, ...rest }: Step): Step {
  return { ...rest, status: "WAITING" };
}

function closed(old: Step, status: StepStatus, ts: string): Step {
  if (old.status === status) return old;
  const { percentComplete, ...rest } = old;
  const durationMs = old.startedAt && { durationMs: Date.parse(ts) - Date.parse(old.startedAt) };
  return { ...rest, status, endedAt: ts, ...durationMs };
}

/** A closed step that is to be done again. */
export function pending(old: Step): Step {
  const { startedAt, endedAt, durationMs, percentComplete, result, ...rest } = old;
  return { ...rest, status: "PENDING" };
}

function interrupted(turn: Turn, ts: string): Turn {
  const steps = turn.steps.map((old) =>
    isStepClosed(old.status) ? old : closed(old, "INTERRUPTED", ts),
  );
  return { ...turn, steps };
}

function withStep(turn: Turn, id: string, change: (old: Step) => Step): Turn {
  return { ...turn, steps: turn.steps.map((old) => (old.step === id ? change(old) : old)) };
}

function withSpeaker(turn: Turn, messageId: string | undefined, change: (old: Step) => Step): Turn {
  const steps = turn.steps.map((old) =>
    messageId !== undefined && old.messageId === messageId ? change(old) : old,
  );
  return { ...turn, steps };
}
