import type { RoomEvent } from "../../src/protocol/events";
import type { StreamCall, StreamRound } from "../../src/protocol/room-state";
import { brief } from "./brief";

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
    case "chat:round":
      return roundNote(event.data);
    case "tool:call":
      return callNote(event.data);
    case "tool:decision": {
      const { by, name, approve, note } = event.data;
      return `${by} ${approve ? "approved" : "did not approve"} of ${name}${because(note)}`;
    }
    case "tool:result":
      return resultNote(event.data);
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

/** What a round of the model wants to have called. */
export function roundNote({
  round,
  calls,
}: Pick<StreamRound, "round" | "calls">): string | undefined {
  // What an agent goes on from has none: only its text is to be told.
  if (calls.length === 0) return undefined;
  const wanted = calls.map(({ name, input }) => `${name} ${brief(input)}`);
  return `round ${round + 1}: ${wanted.join(", ")}`;
}

/** The call's round has told what is called; one of before rounds were counted has none. */
function callNote({ name, round, where }: DataOf<"tool:call">): string | undefined {
  if (where === "client") return `${name} is for the program that sent the message`;
  return round === undefined ? `uses ${name}` : undefined;
}

type Given = Pick<StreamCall, "name" | "output" | "error">;

/** What a call gave; nothing while it is on its way. */
export function resultNote({ name, output, error }: Given): string | undefined {
  if (error !== undefined) return `${name} failed: ${brief(error)}`;
  return output === undefined ? undefined : `${name} gave ${brief(output)}`;
}

type DataOf<Type> = Extract<RoomEvent, { type: Type }>["data"];
type TurnChange = DataOf<"turn:status">;

function turnNote(data: TurnChange, explained: ReadonlySet<string>): string | undefined {
  const told = explained.has(data.turnId);
  switch (data.status) {
    case "PENDING":
      return data.queuePosition ? `queued (position ${data.queuePosition})` : "queued";
    case "PROCESSING":
      return data.previous === "WAITING" ? "running again" : "running";
    case "WAITING":
      return data.reason ?? "waiting for a person";
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
