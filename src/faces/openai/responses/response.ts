import type { Failure } from "../../../protocol/errors";
import type { TurnStatus, WaitingFor } from "../../../protocol/turn";
import type { Usage } from "../../../protocol/usage";
import type { OutputItem } from "./output-item";

/** What a response says of itself besides its turn. */
export type ResponseFacts = {
  id: string;
  conversation: string;
  /** Under which files are fetched. */
  origin: string;
  /** The team, as the protocol names models. */
  model: string;
  previousResponseId: string | null;
  metadata: Record<string, string>;
};

/** How far a turn is. */
export type Progress = {
  status: TurnStatus;
  waitingFor?: WaitingFor | undefined;
  /** RFC 3339. */
  createdAt: string;
  error?: Failure | undefined;
  usage?: Usage | undefined;
  /** Why the last model's answer ended. */
  finishReason?: string | undefined;
};

type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

/** Why an answer that ended by itself is not whole. */
const CUT: Record<string, string> = {
  length: "max_output_tokens",
  "content-filter": "content_filter",
};

/** A turn as OpenAI's API has responses; what the service does not have is as that has it by default. */
export function responseObject(facts: ResponseFacts, progress: Progress, output: OutputItem[]) {
  const { status, reason } = standing(progress);
  const { error } = progress;
  return {
    id: facts.id,
    object: "response",
    created_at: seconds(progress.createdAt),
    status,
    error: error ? { code: error.code, message: error.message } : null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    max_output_tokens: null,
    model: facts.model,
    output,
    parallel_tool_calls: true,
    previous_response_id: facts.previousResponseId,
    conversation: { id: facts.conversation },
    // It goes on without its client, whatever that asked for.
    background: true,
    reasoning: { effort: null, summary: null },
    store: true,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: null,
    truncation: "disabled",
    usage: progress.usage ? usageOf(progress.usage) : null,
    user: null,
    metadata: facts.metadata,
  };
}
export type ResponseObject = ReturnType<typeof responseObject>;

function standing({ status, waitingFor = "confirmation", finishReason = "" }: Progress): {
  status: ResponseStatus;
  reason?: string | undefined;
} {
  switch (status) {
    case "PENDING":
      return { status: "queued" };
    case "PROCESSING":
      return { status: "in_progress" };
    case "WAITING":
      return { status: "incomplete", reason: `waiting_for_${waitingFor.replace("-", "_")}` };
    case "INTERRUPTED":
      return { status: "cancelled" };
    case "FAILED":
      return { status: "failed" };
    case "COMPLETED": {
      const reason = CUT[finishReason];
      return reason === undefined ? { status: "completed" } : { status: "incomplete", reason };
    }
  }
}

/** The event that ends a stream; a client's own helper knows no event for what was cancelled. */
export function endingOf({ status }: ResponseObject): `response.${string}` {
  return status === "completed" || status === "failed"
    ? `response.${status}`
    : "response.incomplete";
}

function usageOf({
  inputTokens = 0,
  outputTokens = 0,
  totalTokens = inputTokens + outputTokens,
  cachedInputTokens = 0,
  reasoningTokens = 0,
}: Usage) {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedInputTokens },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: totalTokens,
  };
}

/** Seconds since 1970, as the protocol has times. */
export function seconds(timestamp: string): number {
  return Math.floor(Date.parse(timestamp) / 1000);
}
