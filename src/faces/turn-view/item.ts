import type { Failure } from "../../protocol/errors";
import type { AttemptReason } from "../../protocol/events/chat-start";
import type { JsonValue } from "../../protocol/json";
import type { Message } from "../../protocol/message";
import type { Turn, TurnStatus, WaitingFor } from "../../protocol/turn";
import type { Usage } from "../../protocol/usage";

export type Call = {
  index: number;
  toolCallId: string;
  name: string;
  input: JsonValue;
  /** The input is the beginning of a longer one, as text. */
  cut?: true | undefined;
};

/** One of `output` and `error`; `cut` as above. */
export type CallOutcome = {
  output?: JsonValue | undefined;
  error?: string | undefined;
  /** A person has not allowed it; the error says so. */
  refused?: true | undefined;
  cut?: true | undefined;
};

type Said = { messageId: string; attempt: number };
/** One call of a round; a provider's ids may repeat, `round` and `call.index` do not. */
type OfCall = Said & { round: number; call: Call };

/**
 * What stays of a message when an attempt ends or another begins: the text up to `kept`, the thinking up
 * to `keptThinking` (UTF-16 units) and the rounds before `keptRounds`; the rest is void.
 */
export type Stays = Said & { kept: number; keptThinking: number; keptRounds: number };

/**
 * What happens in a turn, one after the other. Text comes in order and without gaps: after an `attempt`
 * item the text of its message is what was kept, and each `text` item goes on where the last one ended.
 */
type Happening =
  /** The first, once: the turn as it was when the view began. */
  | { type: "turn"; turn: Turn }
  /** It waits for others; 1 is next. */
  | { type: "queued"; position: number }
  /** It is being worked on, or is again after a wait. */
  | { type: "working" }
  /** A phase of a pipeline: how far it is, in its own words. */
  | {
      type: "phase";
      step: string;
      phase: string;
      status: "running" | "done" | "failed" | "retrying" | "waiting" | "skipped";
      percentComplete?: number | undefined;
      message?: string | undefined;
    }
  /** A step begins to speak, or does so again. */
  | (Stays & {
      type: "attempt";
      step: string;
      bot: string;
      model: string;
      reason: AttemptReason;
    })
  /** `round`: past those of the message that have asked for something before. */
  | (Said & { type: "text" | "thinking"; round: number; offset: number; delta: string })
  /** A call of the model is over and asks for these; its text ends at `textOffset`. */
  | (Said & { type: "round"; round: number; calls: Call[]; textOffset: number })
  /** A call waits for a person's word. */
  | (OfCall & { type: "approval"; step: string })
  | (OfCall & { type: "decision"; approve: boolean; note?: string | undefined })
  /** A call is made: by the service, or by the client. */
  | (OfCall & { type: "call"; where: "service" | "client" })
  | (OfCall & {
      type: "progress";
      progress?: number | undefined;
      total?: number | undefined;
      message?: string | undefined;
    })
  | (OfCall & { type: "result"; outcome: CallOutcome })
  /** The attempt failed, and another follows: of what it said, what was committed stays until then. */
  | { type: "retrying"; error: Failure; retryInMs: number; stays?: Stays | undefined }
  /** A step's message as it is kept: complete, interrupted or failed. */
  | { type: "message"; message: Message }
  | { type: "guided"; content: string; outcome: "applied" | "expired" }
  /** Somebody is to answer; `step` and `toolCallId` say to what. */
  | {
      type: "waiting";
      waitingFor: WaitingFor;
      step?: string | undefined;
      toolCallId?: string | undefined;
    }
  /** All that was before is told; what follows happens now. Not where the turn was over by then. */
  | { type: "live" }
  /** The last. */
  | {
      type: "ended";
      status: Exclude<TurnStatus, "PENDING" | "PROCESSING" | "WAITING">;
      reason?: string | undefined;
      error?: Failure | undefined;
      usage?: Usage | undefined;
    };

/**
 * With the number of the log's event that it came of. Text has that of where its stretch began, the
 * attempt or the round before it, so that it is numbered alike however its pieces fell.
 */
export type TurnItem = Happening & { seq: number };
export type ItemOf<Type extends TurnItem["type"]> = Extract<TurnItem, { type: Type }>;
