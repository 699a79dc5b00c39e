import { describe, expect, it } from "vitest";
import { ProviderRefused } from "../../../../src/agents/model/refusal/model-fault";
import { chunk, event, read, say, told } from "./answer";

const SECRET = "the provider's own words: sk-secret";

describe("an error inside an answer is judged by its code, whatever its dress", () => {
  const overflow = { code: "model_rejected", retryable: false, reason: "context_overflow" };
  const limited = { code: "model_rate_limited", retryable: true, reason: "rate_limited" };
  const unavailable = { code: "model_unavailable", retryable: true };
  const message = SECRET;
  it.each([
    ["an object", event({ error: { message, code: "context_length_exceeded" } }), overflow],
    ["an object without more", event({ error: { message } }), unavailable],
    ["a number as code", event({ error: { message, code: 429 } }), limited],
    ["a status as text", event({ error: { message, code: "503" } }), unavailable],
    ["words", event({ error: SECRET }), unavailable],
    [
      "a status beside the choices",
      event({
        choices: null,
        base_resp: { status_code: 1008, status_msg: "insufficient balance" },
      }),
      { code: "model_rejected", reason: "quota_exhausted" },
    ],
    [
      "words that everybody knows",
      event({ error: "prompt is too long: 5000 tokens > 4096 maximum" }),
      { ...overflow, contextWindow: 4096 },
    ],
    ["detail", event({ detail: SECRET }), unavailable],
    [
      "details",
      event({ detail: [{ loc: ["body", "stream_options"], msg: "x", type: "extra_forbidden" }] }),
      { reason: "unsupported_parameter", parameter: "stream_options" },
    ],
    ["message and code", event({ message, code: "rate_limit_exceeded" }), limited],
    [
      "vLLM's",
      event({ object: "error", message, type: "BadRequestError", code: 400 }),
      { code: "model_rejected" },
    ],
    [
      "Anthropic's",
      event({ type: "error", error: { type: "overloaded_error", message } }),
      { ...unavailable, reason: "overloaded" },
    ],
    ["a named event", `event: error\n${event({ type: "rate_limit_error", message })}`, limited],
    ["a named event in words", `event: error\ndata: ${SECRET}\n\n`, unavailable],
    [
      "Google's, in a list",
      event([
        {
          error: {
            code: 429,
            status: "RESOURCE_EXHAUSTED",
            message,
            details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "7s" }],
          },
        },
      ]),
      { ...limited, retryAfterMs: 7000 },
    ],
    ["a choice's", event({ choices: [{ delta: {}, error: { code: 429, message } }] }), limited],
    [
      "OpenRouter's",
      event({
        error: {
          code: 502,
          message,
          metadata: { provider_name: "X", raw: '{"error":{"type":"overloaded_error"}}' },
        },
        choices: [{ delta: { content: "" }, finish_reason: "error" }],
      }),
      { ...unavailable, reason: "overloaded" },
    ],
    ["a finish reason", chunk({}, "error"), unavailable],
    ["a finish reason of DeepSeek's", chunk({}, "insufficient_system_resource"), unavailable],
    ["errors", event({ success: false, errors: [{ code: 7003, message }] }), unavailable],
    [
      "a JSON body",
      JSON.stringify({ error: { message, type: "insufficient_quota" } }),
      { code: "model_rejected", reason: "quota_exhausted" },
    ],
    [
      "a JSON body in lines",
      JSON.stringify({ error: { message, code: "invalid_api_key" } }, null, 2),
      { reason: "bad_credentials" },
    ],
  ])("%s", async (_, error, expected) => {
    for (const end of ["closes", "hangs", "breaks"] as const) {
      const answer = await read([say("Hel"), told(7, 1), error], { end });
      expect(answer.fault).toBeInstanceOf(ProviderRefused);
      expect(answer.fault?.refusal).toMatchObject(expected);
      expect(answer).toMatchObject({ text: "Hel", usage: { input: 7, output: 1 } });
      expect(JSON.stringify(answer.fault?.refusal)).not.toContain(SECRET);
      expect(String(answer.fault)).not.toContain(SECRET);
    }
  });
});
