import type { FailureCode, FailureReason } from "../../../protocol/errors";
import type { NamedTool } from "../../tools/tool-box";

/** A provider's refusal in our own words; nothing of the provider's text is in it. */
export type ModelRefusal = {
  code: Extract<FailureCode, `model_${string}`>;
  /** Safe to show. */
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  reason?: FailureReason;
  /** The request's field that the provider named. */
  parameter?: string;
  httpStatus?: number;
  /** Milliseconds that the provider asks to wait. */
  retryAfterMs?: number;
  /** Tokens of the model's window, where an overflow named them. */
  contextWindow?: number;
  /** The tool of the request that the provider complains of; never to be shown as it is. */
  tool?: NamedTool;
};

type Rule = Pick<ModelRefusal, "code" | "retryable" | "message">;

const rejected = (message: string): Rule => ({ code: "model_rejected", retryable: false, message });

export const OF_REASON: Record<FailureReason, Rule> = {
  context_overflow: rejected(
    "The request is too large for the model's context window; `contextWindow` of the Model resource says how large that is",
  ),
  quota_exhausted: rejected("The quota or credit at the model's provider is used up"),
  bad_credentials: rejected("The model's provider does not accept the API key"),
  unknown_model: rejected("The model's provider does not know the model"),
  unsupported_parameter: rejected("The model's provider does not take a parameter of the request"),
  content_filter: rejected("The model's provider withheld the answer: content filter"),
  rate_limited: {
    code: "model_rate_limited",
    retryable: true,
    message: "The model's provider limits requests",
  },
  overloaded: {
    code: "model_unavailable",
    retryable: true,
    message: "The model's provider is overloaded",
  },
};

export const UNAVAILABLE: Rule = {
  code: "model_unavailable",
  retryable: true,
  message: "The model's provider is not available",
};

const OF_STATUS: Record<number, string> = {
  403: "The model's provider does not allow this request",
  404: "The model, or the address of its provider, does not exist",
  405: "The address is not that of a model's provider",
};

// 409, 423 and 425 pass; 498 and 499 are proxies' words for no capacity and a lost connection.
const PASSING = [408, 409, 423, 425, 429, 498, 499];

/** The rule for a refusal that says no reason; without a status nothing is known of it but that. */
export function ruleOfStatus(status: number | undefined): Rule {
  if (status === undefined || status < 300 || status >= 500 || PASSING.includes(status)) {
    return UNAVAILABLE;
  }
  if (status < 400) return rejected("The model's address redirects, which is not followed");
  return rejected(OF_STATUS[status] ?? "The model's provider rejects the request as it is");
}

/** What the status alone says of the reason. */
export function reasonOfStatus(status: number | undefined): FailureReason | undefined {
  switch (status) {
    case 401:
      return "bad_credentials";
    case 402:
      return "quota_exhausted";
    case 413:
      return "context_overflow";
    case 429:
      return "rate_limited";
    case 498:
    case 529:
      return "overloaded";
    default:
      return undefined;
  }
}
