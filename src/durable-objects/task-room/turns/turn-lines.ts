import { logInfo, logWarning } from "../../../platform/platform-log";
import type { LogEvent } from "../../../protocol/events";
import type { Principal } from "../../../protocol/identity";
import type { Doors } from "../doors";

type Parts = {
  doors: Pick<Doors, "storage">;
  /** Keeps the object alive while the promise is pending. */
  hold(work: Promise<void>): void;
};

type Accepted = {
  command:
    | "create"
    | "fork"
    | "send"
    | "regenerate"
    | "edit"
    | "note"
    | "guide"
    | "retry"
    | "confirm"
    | "cancel"
    | "tool-output";
  taskId: string | undefined;
  turnId?: string | undefined;
};

/** Ties a turn to the request that asks something of it; its further lines name the turn. */
export function logAccepted(
  parts: Parts,
  { requestId }: Principal,
  { command, ...ids }: Accepted,
): void {
  whenStored(parts, () => logInfo("command_accepted", { requestId, ...ids, command }));
}

/** A turn's life in the platform's log: a few lines, and nothing of what was said. */
export function logTurns(parts: Parts, taskId: string, events: readonly LogEvent[]): void {
  const told = events.filter(isTold);
  if (told.length > 0) whenStored(parts, () => writeLines(taskId, told));
}

/** Whoever waits for what was committed, and for its acknowledgement, need not wait for a line. */
function whenStored({ doors, hold }: Parts, write: () => void): void {
  hold(doors.storage.sync().then(write));
}

function isTold({ type, data }: LogEvent): boolean {
  if (type === "turn:status") return HAS_ENDED.has(data.status);
  return type === "chat:start" || type === "chat:error";
}

function writeLines(taskId: string, events: readonly LogEvent[]): void {
  for (const { type, data } of events) {
    if (type === "chat:start") {
      const { turnId, attempt, step, bot, model } = data;
      logInfo("attempt_started", { taskId, turnId, attempt, step, bot, model });
    } else if (type === "chat:error") {
      const { turnId, attempt, code, reason, httpStatus, retryable, retryInMs } = data;
      const why = { code, reason, httpStatus, parameter: data.parameter };
      logWarning("attempt_failed", { taskId, turnId, attempt, ...why, retryable, retryInMs });
    } else if (type === "turn:status") {
      const { turnId, status, error, tokens } = data;
      logInfo("turn_ended", { taskId, turnId, status, code: error?.code, tokens });
    }
  }
}

const HAS_ENDED: ReadonlySet<string> = new Set(["COMPLETED", "FAILED", "INTERRUPTED"]);
