import type { FailureReason } from "../../../protocol/errors";

/**
 * What providers' codes mean, by the words in them; the first that fits decides, so that what is
 * final stands before what passes: a used-up quota comes as a 429 too.
 */
const REASONS: [FailureReason, RegExp][] = [
  [
    "content_filter",
    /content_(filter|policy|moderation)|moderation|responsible_ai|safety|data_inspection|prohibited_content|sensitive|guardrail|flagged/,
  ],
  [
    "context_overflow",
    /context_(length|size|window|limit)|out_?of_context|(prompt|input|request|message)s?_(is_)?too_(long|large)|string_above_max_length|tokens?_limit_reached|(prompt|input)_tokens?_exceed|max_(prompt_)?tokens_exceeded|payload_too_large/,
  ],
  [
    "quota_exhausted",
    /quota|billing|insufficient_(balance|credit|fund)|payment_required|credit_balance|arrear|out_of_credit|usage_limit|spend(ing)?_limit/,
  ],
  [
    "bad_credentials",
    /api_?key|authentication|unauthenticated|unauthorized|invalid_(auth|token|credential)|expired_token|unrecognized_client|invalid_signature|account_(deactivated|disabled)/,
  ],
  [
    "unknown_model",
    /model_not_|(unknown|invalid|no_such|unsupported)_model|deployment_not_found|model_(deprecated|decommissioned)/,
  ],
  [
    "unsupported_parameter",
    /(unsupported|unknown|unrecognized|invalid|extra)_(parameter|param|value|field)|(unsupported|unknown|unrecognized)_(request_)?argument|extra_forbidden/,
  ],
  [
    "overloaded",
    /overload|capacity_exceeded|(over|no|out_of)_capacity|server_busy|insufficient_system_resource/,
  ],
  [
    "rate_limited",
    /rate_?limit|too_many_requests|throttl|resource_exhausted|slow_down|concurren|^requests$|^tokens$/,
  ],
];

export function reasonOfWords(words: readonly string[]): FailureReason | undefined {
  return REASONS.find(([, form]) => words.some((word) => form.test(word)))?.[0];
}

/** General words, as the status that they stand for. */
const STATUSES: [number, RegExp][] = [
  [403, /^(permission|permission_denied|forbidden|access_denied)$/],
  [404, /^not_found$/],
  [400, /^(invalid_request|bad_request|invalid_argument|validation|unprocessable_entity)$/],
  [504, /timeout|timed_out|deadline_exceeded/],
  [500, /^(server|internal|internal_server|api|unavailable|service_unavailable|unknown)$/],
];

export function statusOfWords(words: readonly string[]): number | undefined {
  return STATUSES.find(([, form]) => words.some((word) => form.test(word)))?.[0];
}

/** A code in one form: `ThrottlingException`, `RESOURCE_EXHAUSTED` and `rate_limit_error` lose their case and ending. */
export function codeWord(code: string): string {
  return code
    .slice(0, 200)
    .replace(/^.*#/, "")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/_(error|exception)$/, "");
}
