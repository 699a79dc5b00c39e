import type { Change } from "../../../engine/turn/draft";
import type { TurnRecord } from "../../../engine/turn/room";
import { increment, type Observation } from "../../../platform/metrics";
import type { LogEvent } from "../../../protocol/events";
import { answerMetadata, type Message } from "../../../protocol/message";
import { spendingMetrics } from "./spending";

type Counted = Pick<Change, "events" | "closed" | "room" | "spent">;

/** What a committed change adds to the service's counts. */
export function changeMetrics({ events, closed, room, spent }: Counted): Observation[] {
  return [
    ...events.flatMap(eventMetrics),
    ...events.flatMap((event) => queueWait(event, room)),
    ...spent.flatMap(spendingMetrics),
    ...closed.flatMap((record) => [
      ...turnDuration(record),
      ...(isPipeline(record, room) ? interruptedPhases(record) : []),
    ]),
  ];
}

function eventMetrics(event: LogEvent): Observation[] {
  switch (event.type) {
    case "chat:message":
      // What was said elsewhere was counted there.
      if (event.data.message.imported) return [];
      return [increment("taskroom_messages_total", { role: "user" })];
    case "chat:done":
      return [
        increment("taskroom_messages_total", { role: "assistant" }),
        ...firstToken(event.data.message),
      ];
    case "chat:error": {
      const { code, reason, retryable } = event.data;
      return [
        ...(retryable ? [increment("taskroom_retries_total", { code })] : []),
        ...(reason ? [increment("taskroom_model_refusals_total", { reason })] : []),
      ];
    }
    case "tool:result": {
      const outcome = event.data.error === undefined ? "ok" : "error";
      return [increment("taskroom_tool_calls_total", { outcome })];
    }
    case "turn:status":
      return turnMetrics(event.data);
    case "phase:done":
      return phaseMetrics("COMPLETED", event.data.result?.durationMs);
    case "phase:error":
      return phaseMetrics("FAILED", event.data.result?.durationMs);
    case "phase:skipped":
      return [increment("taskroom_phases_total", { status: "SKIPPED" })];
    default:
      return [];
  }
}

function firstToken({ metadata }: Message): Observation[] {
  const { data } = answerMetadata.safeParse(metadata);
  const firstMs = data?.timeToFirstTokenMs;
  if (firstMs === undefined) return [];
  return [{ metric: "taskroom_time_to_first_token_seconds", labels: {}, value: firstMs / 1000 }];
}

/** Of a turn that begins for the first time; when one that is tried again came into the queue, nobody kept. */
function queueWait(event: LogEvent, { state }: Counted["room"]): Observation[] {
  if (event.type !== "turn:status" || event.data.status !== "PROCESSING") return [];
  const turn = state.openTurns.find(({ id }) => id === event.data.turnId);
  if (event.data.previous !== "PENDING" || turn?.startedAt !== event.ts) return [];
  const value = Math.max(0, Date.parse(event.ts) - Date.parse(turn.createdAt)) / 1000;
  return [{ metric: "taskroom_queue_wait_seconds", labels: {}, value }];
}

type Ended = "COMPLETED" | "FAILED" | "INTERRUPTED";

function endOf(status: string): Ended | undefined {
  return (["COMPLETED", "FAILED", "INTERRUPTED"] as const).find((ended) => ended === status);
}

function turnMetrics({
  status,
  error,
  waitingFor,
}: Extract<LogEvent, { type: "turn:status" }>["data"]): Observation[] {
  if (status === "PENDING") return [increment("taskroom_turns_queued_total", {})];
  if (waitingFor) return [increment("taskroom_turn_waits_total", { for: waitingFor })];
  const ended = endOf(status);
  if (!ended) return [];
  const code = error?.code;
  return [
    increment("taskroom_turns_total", { status: ended }),
    ...(code ? [increment("taskroom_turn_failures_total", { code })] : []),
  ];
}

/** By the turn's own clock; nothing for one that never began. */
function turnDuration({ turn, run }: TurnRecord): Observation[] {
  const status = endOf(turn.status);
  if (!status || turn.endedAt === undefined) return [];
  const running = run.runningSince === undefined ? 0 : Date.parse(turn.endedAt) - run.runningSince;
  if (run.runningSince === undefined && run.spentMs === 0) return [];
  const value = Math.max(0, run.spentMs + running) / 1000;
  return [{ metric: "taskroom_turn_duration_seconds", labels: { status }, value }];
}

/** A stop has no event for each phase: those that it met at work ended with the turn. */
function interruptedPhases({ turn }: TurnRecord): Observation[] {
  return turn.steps.flatMap(({ status, startedAt, endedAt, durationMs }) =>
    status === "INTERRUPTED" && startedAt !== undefined && endedAt === turn.endedAt
      ? phaseMetrics("INTERRUPTED", durationMs)
      : [],
  );
}

function phaseMetrics(status: Ended, durationMs: number | undefined): Observation[] {
  return [
    increment("taskroom_phases_total", { status }),
    ...(durationMs === undefined
      ? []
      : [
          {
            metric: "taskroom_phase_duration_seconds" as const,
            labels: { status },
            value: durationMs / 1000,
          },
        ]),
  ];
}

function isPipeline({ run }: TurnRecord, { plans }: Counted["room"]): boolean {
  return run.planId !== undefined && plans[run.planId]?.collaboration === "pipeline";
}
