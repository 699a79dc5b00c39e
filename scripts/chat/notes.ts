import type { RoomEvent } from "../../src/protocol/events";

/** The line that an event is worth; most are worth none. */
export function noteOf(event: RoomEvent, explained: ReadonlySet<string>): string | undefined {
  switch (event.type) {
    case "turn:status":
      return turnNote(event.data, explained);
    case "chat:error": {
      const { attempt, message, retryable, retryInMs } = event.data;
      if (!retryable) return `failed: ${message}`;
      const when = retryInMs ? `in ${Math.ceil(retryInMs / 1000)} s` : "at once";
      return `attempt ${attempt} failed (${message}), retrying ${when}`;
    }
    case "chat:cancelled":
      return `cancelled${because(event.data.reason)}`;
    case "chat:guided":
      return event.data.outcome === "applied"
        ? "the turn took your guidance"
        : "too late to guide the turn; it is queued";
    case "tool:call":
      return `uses ${event.data.name}`;
    case "tool:result":
      return event.data.error === undefined ? undefined : `${event.data.name} failed`;
    case "phase:waiting":
      return `${event.data.phase} waits for a person's yes`;
    case "phase:skipped":
      return `${event.data.phase} is skipped`;
    case "task:status":
      return event.data.status === "CANCELLED" ? "the task is cancelled for good" : undefined;
    case "history:reset":
      return `the history starts anew (${event.data.reason})`;
    default:
      return undefined;
  }
}

type TurnChange = Extract<RoomEvent, { type: "turn:status" }>["data"];

function turnNote(data: TurnChange, explained: ReadonlySet<string>): string | undefined {
  const told = explained.has(data.turnId);
  switch (data.status) {
    case "PENDING":
      return data.queuePosition ? `queued (position ${data.queuePosition})` : "queued";
    case "PROCESSING":
      return data.previous === "WAITING" ? "running again" : "running";
    case "WAITING":
      return `waiting for a person${because(data.reason)}`;
    case "INTERRUPTED":
      return told ? undefined : `cancelled${because(data.reason)}`;
    case "FAILED":
      return told ? undefined : `failed${because(data.error?.message ?? data.reason)}`;
    case "COMPLETED":
      return data.reason && `done, ${data.reason}`;
  }
}

function because(reason: string | undefined): string {
  return reason ? `: ${reason}` : "";
}
