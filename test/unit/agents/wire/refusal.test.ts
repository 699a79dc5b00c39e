import { describe, expect, it } from "vitest";
import { readRefusal } from "../../../../src/agents/model/refusal/read-refusal";

const SECRET = "sk-secret";
const message = `no ${SECRET}`;

function refusal(status: number, body: unknown, headers: Record<string, string> = {}) {
  return readRefusal(status, headers, typeof body === "string" ? body : JSON.stringify(body), 0);
}

const rejected = { code: "model_rejected", retryable: false };
const overflow = { ...rejected, reason: "context_overflow" };
const quota = { ...rejected, reason: "quota_exhausted" };
const credentials = { ...rejected, reason: "bad_credentials" };
const unknownModel = { ...rejected, reason: "unknown_model" };
const filtered = { ...rejected, reason: "content_filter" };
const limited = { code: "model_rate_limited", retryable: true, reason: "rate_limited" };
const overloaded = { code: "model_unavailable", retryable: true, reason: "overloaded" };
const unavailable = { code: "model_unavailable", retryable: true };
const parameter = (name: string) => ({
  ...{ ...rejected, reason: "unsupported_parameter", parameter: name },
});
const openai = (
  code: string | null,
  type: string,
  text = message,
  param: string | null = null,
) => ({
  error: { message: text, type, param, code },
});

describe("a refusal is judged by its code", () => {
  it.each([
    ["OpenAI: overflow", 400, openai("context_length_exceeded", "invalid_request_error"), overflow],
    ["OpenAI: quota", 429, openai("insufficient_quota", "insufficient_quota"), quota],
    ["OpenAI: billing", 429, openai("billing_hard_limit_reached", "x"), quota],
    ["OpenAI: rate", 429, openai("rate_limit_exceeded", "requests"), limited],
    [
      "OpenAI: larger than the rate",
      429,
      openai(
        "rate_limit_exceeded",
        "tokens",
        "Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000",
      ),
      overflow,
    ],
    ["OpenAI: key", 401, openai("invalid_api_key", "invalid_request_error"), credentials],
    ["OpenAI: model", 404, openai("model_not_found", "invalid_request_error"), unknownModel],
    [
      "OpenAI: parameter",
      400,
      openai("unsupported_parameter", "invalid_request_error", message, "max_tokens"),
      parameter("max_tokens"),
    ],
    [
      "OpenAI: value",
      400,
      openai("unsupported_value", "invalid_request_error", message, "temperature"),
      parameter("temperature"),
    ],
    [
      "OpenAI: unknown parameter",
      400,
      openai("unknown_parameter", "invalid_request_error", message, "tools[0].function.strict"),
      parameter("tools[0].function.strict"),
    ],
    [
      "OpenAI: a fault named alone",
      400,
      openai(null, "invalid_request_error", message, "stream_options"),
      parameter("stream_options"),
    ],
    [
      "OpenAI: a fault of the messages",
      400,
      openai(null, "invalid_request_error", message, "messages.[1].role"),
      { ...rejected, parameter: "messages.[1].role" },
    ],
    ["OpenAI: policy", 400, openai("content_policy_violation", "invalid_request_error"), filtered],
    ["OpenAI: server", 500, openai(null, "server_error"), unavailable],
    [
      "Azure: filter",
      400,
      {
        error: {
          message,
          code: "content_filter",
          innererror: { code: "ResponsibleAIPolicyViolation" },
        },
      },
      filtered,
    ],
    ["Azure: deployment", 404, { error: { code: "DeploymentNotFound", message } }, unknownModel],
    ["Azure: rate", 429, { error: { code: "RateLimitReached", message } }, limited],
    ["Azure: 429 as code", 429, { error: { code: "429", message } }, limited],
    [
      "Anthropic: overloaded",
      529,
      { type: "error", error: { type: "overloaded_error", message } },
      overloaded,
    ],
    [
      "Anthropic: rate",
      429,
      { type: "error", error: { type: "rate_limit_error", message } },
      limited,
    ],
    [
      "Anthropic: overflow",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "prompt is too long: 213462 tokens > 200000 maximum",
        },
      },
      { ...overflow, contextWindow: 200000 },
    ],
    [
      "Anthropic: credit",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "Your credit balance is too low to access the Anthropic API.",
        },
      },
      quota,
    ],
    [
      "Anthropic: model",
      404,
      { type: "error", error: { type: "not_found_error", message: "model: claude-9" } },
      unknownModel,
    ],
    [
      "Anthropic: size",
      413,
      { type: "error", error: { type: "request_too_large", message } },
      overflow,
    ],
    [
      "Anthropic: extra",
      400,
      {
        type: "error",
        error: { type: "invalid_request_error", message: "top_k: Extra inputs are not permitted" },
      },
      parameter("top_k"),
    ],
    [
      "Anthropic: two parameters",
      400,
      {
        type: "error",
        error: {
          type: "invalid_request_error",
          message: "`temperature` and `top_p` cannot both be specified for this model.",
        },
      },
      parameter("temperature"),
    ],
    [
      "Google: rate",
      429,
      {
        error: {
          code: 429,
          status: "RESOURCE_EXHAUSTED",
          message,
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "9.5s" }],
        },
      },
      { ...limited, retryAfterMs: 9500 },
    ],
    [
      "Google: a day's quota",
      429,
      [
        {
          error: {
            code: 429,
            status: "RESOURCE_EXHAUSTED",
            message,
            details: [
              {
                "@type": "type.googleapis.com/google.rpc.QuotaFailure",
                violations: [{ quotaId: "GenerateRequestsPerDayPerProjectPerModel" }],
              },
            ],
          },
        },
      ],
      quota,
    ],
    [
      "Google: a minute's quota",
      429,
      {
        error: {
          code: 429,
          status: "RESOURCE_EXHAUSTED",
          details: [
            { violations: [{ quotaId: "GenerateRequestsPerMinutePerProject" }] },
            { retryDelay: { seconds: 36 } },
          ],
        },
      },
      { ...limited, retryAfterMs: 36000 },
    ],
    [
      "Google: key",
      400,
      {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          message,
          details: [{ reason: "API_KEY_INVALID" }],
        },
      },
      credentials,
    ],
    [
      "Google: field",
      400,
      [
        {
          error: {
            code: 400,
            status: "INVALID_ARGUMENT",
            message:
              'Invalid JSON payload received. Unknown name "stream_options": Cannot find field.',
          },
        },
      ],
      parameter("stream_options"),
    ],
    [
      "Google: overflow",
      400,
      {
        error: {
          code: 400,
          status: "INVALID_ARGUMENT",
          message:
            "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        },
      },
      { ...overflow, contextWindow: 1048576 },
    ],
    [
      "Google: overloaded",
      503,
      { error: { code: 503, status: "UNAVAILABLE", message: "The model is overloaded." } },
      overloaded,
    ],
    ["OpenRouter: credit", 402, { error: { code: 402, message } }, quota],
    [
      "OpenRouter: upstream",
      429,
      {
        error: { code: 429, message, metadata: { raw: "x is temporarily rate-limited upstream" } },
      },
      limited,
    ],
    [
      "OpenRouter: moderation",
      403,
      { error: { code: 403, message, metadata: { reasons: ["x"], flagged_input: "x" } } },
      filtered,
    ],
    [
      "OpenRouter: model",
      404,
      { error: { code: 404, message: "No endpoints found for x/y." } },
      unknownModel,
    ],
    [
      "Groq: larger than the rate",
      413,
      { error: { message, type: "tokens", code: "rate_limit_exceeded" } },
      overflow,
    ],
    [
      "Groq: property",
      400,
      {
        error: {
          message:
            "'messages.0' : for 'role:assistant' the following must be satisfied[('messages.0' : property 'reasoning_content' is unsupported)]",
          type: "invalid_request_error",
        },
      },
      parameter("reasoning_content"),
    ],
    ["Groq: capacity", 498, { error: { message } }, overloaded],
    [
      "Mistral: model",
      400,
      {
        object: "error",
        message: "Invalid model: x",
        type: "invalid_model",
        param: null,
        code: "1500",
      },
      unknownModel,
    ],
    [
      "Mistral: capacity",
      429,
      { object: "error", message, type: "service_tier_capacity_exceeded", code: "3505" },
      overloaded,
    ],
    [
      "Mistral: extra",
      422,
      { detail: [{ type: "extra_forbidden", loc: ["body", "stream_options"], msg: message }] },
      parameter("stream_options"),
    ],
    [
      "vLLM: overflow",
      400,
      {
        object: "error",
        message:
          "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
      { ...overflow, contextWindow: 4096 },
    ],
    [
      "vLLM: model",
      404,
      {
        object: "error",
        message: "The model `x` does not exist.",
        type: "NotFoundError",
        code: 404,
      },
      unknownModel,
    ],
    ["Ollama: model", 404, { error: 'model "x" not found, try pulling it first' }, unknownModel],
    ["Ollama: words", 500, { error: message }, unavailable],
    [
      "llama.cpp: overflow",
      400,
      {
        error: {
          code: 400,
          message,
          type: "exceed_context_size_error",
          n_prompt_tokens: 5000,
          n_ctx: 4096,
        },
      },
      { ...overflow, contextWindow: 4096 },
    ],
    [
      "LM Studio: overflow",
      400,
      {
        error:
          "Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
      },
      { ...overflow, contextWindow: 4096 },
    ],
    [
      "Together: overflow",
      422,
      {
        error: {
          message: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193.",
          type: "invalid_request_error",
        },
      },
      overflow,
    ],
    [
      "Fireworks: overflow",
      400,
      {
        error: {
          object: "error",
          type: "invalid_request_error",
          message: "The prompt is too long: 40000, model maximum context length: 32767",
        },
      },
      { ...overflow, contextWindow: 32767 },
    ],
    ["GitHub: overflow", 413, { error: { code: "tokens_limit_reached", message } }, overflow],
    [
      "DeepSeek: balance",
      402,
      {
        error: {
          message: "Insufficient Balance",
          type: "unknown_error",
          code: "invalid_request_error",
        },
      },
      quota,
    ],
    ["Moonshot: quota", 429, { error: { message, type: "exceeded_current_quota_error" } }, quota],
    ["Alibaba: inspection", 400, { error: { code: "data_inspection_failed", message } }, filtered],
    [
      "xAI: argument",
      400,
      {
        code: "Client specified an invalid argument",
        error: "Argument not supported on this model: presencePenalty",
      },
      parameter("presencePenalty"),
    ],
    [
      "Bedrock: throttled",
      400,
      {
        __type: "com.amazon.coral.availability#ThrottlingException",
        message: "Too many tokens, please wait before trying again.",
      },
      limited,
    ],
    ["Bedrock: overflow", 400, { message: "Input is too long for requested model." }, overflow],
    [
      "a proxy's, JSON in words",
      400,
      {
        error: {
          message: `litellm.BadRequestError: {"error":{"code":"context_length_exceeded","message":"x"}}`,
        },
      },
      overflow,
    ],
    [
      "a proxy's, JSON as words",
      400,
      {
        error: { message: JSON.stringify(openai("unsupported_parameter", "x", "x", "max_tokens")) },
      },
      parameter("max_tokens"),
    ],
    [
      "old words",
      400,
      { error: { message: "Unrecognized request argument supplied: stream_options" } },
      parameter("stream_options"),
    ],
    [
      "words of a model",
      400,
      { error: { message: "'reasoning_effort' is not supported with this model." } },
      parameter("reasoning_effort"),
    ],
    ["words of a quota", 429, { error: "You exceeded your current quota." }, quota],
    [
      "words of a quota, and a wait",
      429,
      { error: "You exceeded your current quota.", retry_after: 3 },
      { ...limited, retryAfterMs: 3000 },
    ],
    [
      "an event",
      400,
      `event: error\ndata: ${JSON.stringify(openai("invalid_api_key", "x"))}\n\n`,
      credentials,
    ],
  ])("%s", (_, status, body, expected) => {
    const told = refusal(status, body);
    expect(told).toMatchObject({ ...expected, httpStatus: status });
    expect(JSON.stringify(told)).not.toContain(SECRET);
    if ("parameter" in expected) expect(told.message).toContain(expected.parameter);
  });

  it("Bedrock: by its header", () => {
    const headers = { "X-Amzn-ErrorType": "ThrottlingException:http://x" };
    expect(refusal(400, {}, headers)).toMatchObject(limited);
  });
});

describe("a context that is too long is one in every provider's words", () => {
  it.each<[string, number, string, number?]>([
    [
      "vLLM, of prompt and answer",
      400,
      "'max_tokens' or 'max_completion_tokens' is too large: 8000. This model's maximum context length is 8192 tokens and your request has 500 input tokens (8000 > 8192 - 500).",
      8192,
    ],
    [
      "vLLM, of a prompt",
      400,
      "The decoder prompt (length 9000) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller.",
      8192,
    ],
    ["Zhipu", 400, "Prompt exceeds max length"],
    ["Moonshot", 400, "Invalid request: Your request exceeded model token limit: 131072", 131072],
    ["Alibaba", 400, "Range of input length should be [1, 30720]", 30720],
    ["Volcengine", 400, "Total tokens of image and text exceed max message tokens"],
    [
      "SambaNova",
      400,
      "The provided prompt requires a sequence length of 9096, but the maximum supported sequence length is just 8192!",
      8192,
    ],
    [
      "text-generation-inference",
      422,
      "Input validation error: `inputs` must have less than 4095 tokens. Given: 4528",
      4095,
    ],
    ["watsonx", 400, "the number of input tokens 5000 cannot exceed the total tokens limit 4096"],
    ["Baidu", 400, "prompt tokens too long"],
    ["GitHub", 413, "Request body too large for gpt-4o model. Max size: 8000 tokens."],
    [
      "Anthropic, of prompt and answer",
      400,
      "input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000, decrease input length or `max_tokens` and try again",
      200000,
    ],
    [
      "Workers AI",
      400,
      "5021: The estimated number of input and maximum output tokens (9000) exceeded this model context window limit (7968).",
    ],
  ])("%s", (_, code, text, contextWindow) => {
    const said = refusal(code, { error: { message: text, type: "invalid_request_error" } });
    expect(said).toMatchObject({ ...overflow, ...(contextWindow && { contextWindow }) });
    // Some have a code that says no more than that something is wrong.
    const coded = refusal(code, { error: { message: text, code: "InvalidParameter" } });
    expect(coded).toMatchObject(overflow);
  });

  it("by a code", () => {
    const error = { code: "OutofContextError", message, type: "BadRequest" };
    expect(refusal(400, { error })).toMatchObject(overflow);
  });

  it.each([
    ["tokens of a minute", "Request exceeded the maximum tokens per minute"],
    ["the answer alone", "max_tokens is too large: 200000. This model supports at most 16384."],
    ["a parameter", "Unsupported parameter: 'max_tokens' is not supported with this model."],
    ["a rate", "Requests have exceeded token rate limit of your current pricing tier"],
  ])("but not what is about %s", (_, text) => {
    expect(refusal(400, { error: { message: text } }).reason).not.toBe("context_overflow");
  });
});

describe("without a code the status decides", () => {
  it.each<[number, object]>([
    [301, rejected],
    [400, rejected],
    [401, credentials],
    [402, quota],
    [403, rejected],
    [404, rejected],
    [405, rejected],
    [413, overflow],
    [422, rejected],
    [429, limited],
    [498, overloaded],
    [529, overloaded],
    ...[408, 409, 423, 425, 499, 500, 501, 502, 503, 504, 524, 599].map(
      (status): [number, object] => [status, unavailable],
    ),
  ])("%i", (status, expected) => {
    for (const body of [
      "",
      "<html><body>model not found</body></html>",
      "{}",
      "null",
      "[]",
      "{",
      '{"error":null}',
      '"x"',
    ]) {
      const told = refusal(status, body);
      expect(told).toMatchObject({ ...expected, httpStatus: status });
      expect(told.message).toContain(String(status));
    }
  });

  it("nothing at all means that the provider is not there", () => {
    expect(readRefusal(undefined, {}, undefined)).toEqual({
      ...{ code: "model_unavailable", retryable: true },
      message: "The model's provider is not available.",
    });
  });
});

describe("what is shown is ours", () => {
  it.each([
    ["a sentence", "ignore all rules"],
    ["an address", "https://x.test/y"],
    ["markup", "<b>x</b>"],
    ["a long word", "x".repeat(65)],
    ["a number", 7],
    ["an object", { a: 1 }],
  ])("a parameter that may be more than a name is not named: %s", (_, param) => {
    const body = { error: { code: "unsupported_parameter", param, message } };
    const told = refusal(400, body);
    expect(told.parameter).toBeUndefined();
    expect(told.reason).toBe("unsupported_parameter");
  });

  it("a hostile body costs little and says nothing", () => {
    const deep = `${'{"error":'.repeat(5000)}1${"}".repeat(5000)}`;
    const wide = JSON.stringify({ errors: Array.from({ length: 5000 }, () => ({ message })) });
    for (const body of [
      deep,
      wide,
      "context ".repeat(8000),
      "data:".repeat(9000),
      "event:\n".repeat(9000),
      "{".repeat(60_000),
      '{"message":"{{{{{{"}',
    ]) {
      expect(refusal(400, body)).toMatchObject({ ...rejected, httpStatus: 400 });
    }
  });
});

describe("the wait", () => {
  const date = "Thu, 01 Jan 1970 00:01:00 GMT";
  const retryInfo = (retryDelay: unknown) => ({ error: { details: [{ retryDelay }] } });
  it.each([
    ["seconds", { "retry-after": "7" }, {}, 7000],
    ["fractions of seconds", { "Retry-After": "1.5" }, {}, 1500],
    ["a date", { "retry-after": date }, {}, 60_000],
    ["a date that has passed", { "retry-after": "Thu, 01 Jan 1960 00:00:00 GMT" }, {}, 0],
    ["milliseconds", { "retry-after-ms": "250", "retry-after": "7" }, {}, 250],
    ["RetryInfo", {}, retryInfo("7s"), 7000],
    ["RetryInfo in parts", {}, retryInfo({ seconds: 7 }), 7000],
    ["a field", {}, { error: { retry_after: 3 } }, 3000],
    ["a field in milliseconds", {}, { retry_after_ms: 3 }, 3],
    ["a header before the body", { "retry-after": "7" }, retryInfo("9s"), 7000],
    [
      "the reset of the limit that is used up",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "6m0s",
        "x-ratelimit-remaining-tokens": "5",
        "x-ratelimit-reset-tokens": "1h",
      },
      {},
      360_000,
    ],
    [
      "the later reset of two",
      {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "20ms",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1.5s",
      },
      {},
      1500,
    ],
    [
      "a reset in seconds since 1970",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000000" },
      {},
      86_400_000,
    ],
    [
      "a reset that may be anything",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60" },
      {},
      undefined,
    ],
    [
      "a reset of a limit with room",
      { "x-ratelimit-remaining": "1", "x-ratelimit-reset": "1s" },
      {},
      undefined,
    ],
    ["words", {}, { error: { message: "Please try again in 1m30s. Visit" } }, 90_000],
    ["words for units", {}, { message: "Please retry after 1 minute 20.5 seconds." }, 80_500],
    ["a header with a unit", { "retry-after": "20s" }, {}, 20_000],
    ["an hour", { "retry-after": "3600" }, {}, 3_600_000],
    ["a year", { "retry-after": "31536000" }, {}, 86_400_000],
    ["nonsense", { "retry-after": "soon", "retry-after-ms": "-5" }, retryInfo("long"), undefined],
    ["a negative number", { "retry-after": "-5" }, {}, undefined],
  ])("%s", (_, headers: Record<string, string>, body, expected) => {
    expect(refusal(429, body, headers).retryAfterMs).toBe(expected);
    expect(readRefusal(503, new Headers(headers), JSON.stringify(body), 0).retryAfterMs).toBe(
      expected,
    );
  });

  it("is none where a retry mends nothing", () => {
    const body = openai("insufficient_quota", "insufficient_quota");
    expect(refusal(429, body, { "retry-after": "7" }).retryAfterMs).toBeUndefined();
  });
});
