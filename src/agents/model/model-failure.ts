import { APICallError, JSONParseError, TypeValidationError } from "@ai-sdk/provider";
import { InvalidResponseDataError, NoOutputGeneratedError } from "ai";
import * as z from "zod";
import type { StepFailure } from "../../resources/step";
import { failure } from "../failure";
import { retryAfterMs } from "./retry-after";
import { SilentProvider } from "./watch";

const UNREADABLE = [InvalidResponseDataError, JSONParseError, NoOutputGeneratedError];

/**
 * Whatever a provider or the AI SDK threw or streamed as an error, as one of the closed list.
 * The messages are all our own: a provider's may quote keys, prompts and addresses.
 */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof SilentProvider) return failure("model_timeout", silence(error));
  if (APICallError.isInstance(error)) {
    return ofStatus(error.statusCode, retryAfterMs(error.responseHeaders ?? {}));
  }
  if (TypeValidationError.isInstance(error)) return ofReport(error.value) ?? malformed();
  if (endedEarly(error)) return cutOff();
  if (UNREADABLE.some((kind) => kind.isInstance(error))) return malformed();
  return ofReport({ error }) ?? unavailable();
}

/** The stream ended before its end; the SDK uses this error, without data, for nothing else. */
export function endedEarly(error: unknown): boolean {
  return InvalidResponseDataError.isInstance(error) && error.data === undefined;
}

export function cutOff(): StepFailure {
  return failure("model_unavailable", "The model's answer broke off before its end.");
}

export function malformed(): StepFailure {
  return failure("model_malformed", "The model's provider sent an answer that cannot be read.");
}

export function unavailable(retryAfter?: number): StepFailure {
  return failure("model_unavailable", "The model's provider is not available.", {
    retryAfterMs: retryAfter,
  });
}

export function withheld(): StepFailure {
  return failure("model_rejected", "The model's provider withheld the answer: content filter.");
}

/** Says which limit it was, and where it is set. */
function silence({ phase, limitMs }: SilentProvider): string {
  const within = `within ${limitMs / 1000} s`;
  return phase === "first byte"
    ? `The model's provider sent nothing ${within} (the Model's limits.firstByteMs, or the setting MODEL_FIRST_BYTE_TIMEOUT_MS).`
    : `The model's provider fell silent and sent nothing ${within} (the Model's limits.stallMs, or the setting MODEL_STALL_TIMEOUT_MS).`;
}

const REJECTED: Record<number, string> = {
  401: "The model's provider does not accept the API key.",
  402: "The model's provider asks for payment.",
  403: "The model's provider does not allow this request.",
  404: "The model, or the address of its provider, does not exist.",
  413: "The request is too large for the model.",
};

function ofStatus(status: number | undefined, retryAfter?: number): StepFailure {
  // Without a status nothing was answered; with a good one the answer was cut in its middle.
  if (status === undefined || status < 300) return status ? cutOff() : unavailable();
  if (status < 400) {
    return failure("model_rejected", "The model's address redirects, which is not followed.");
  }
  if (status === 429) {
    return failure("model_rate_limited", "The model's provider limits requests.", {
      retryAfterMs: retryAfter,
    });
  }
  if (status >= 500 || status === 408 || status === 425) return unavailable(retryAfter);
  return failure(
    "model_rejected",
    REJECTED[status] ?? "The model's provider rejects the request as it is.",
  );
}

// Providers' own words for an error inside a 200, where they give no status.
const STATUS_OF_WORD: Record<string, number> = {
  rate_limit_exceeded: 429,
  rate_limit_error: 429,
  tokens: 429,
  requests: 429,
  insufficient_quota: 429,
  authentication_error: 401,
  invalid_api_key: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  request_too_large: 413,
  invalid_request_error: 400,
  context_length_exceeded: 400,
};

const word = z.union([z.string(), z.number()]).nullish().catch(undefined);
const report = z.object({
  error: z.union([
    z.string().transform(() => ({ statusCode: undefined, code: undefined, type: undefined })),
    z.object({ statusCode: word, status: word, code: word, type: word }),
  ]),
});

/** An error that a provider reported inside its stream; `undefined` when it is none. */
function ofReport(value: unknown): StepFailure | undefined {
  const parsed = report.safeParse(value);
  if (!parsed.success) return undefined;
  const words = Object.values(parsed.data.error).filter((item) => item != null);
  for (const item of words) {
    const status = STATUS_OF_WORD[item] ?? Number(item);
    if (Number.isInteger(status) && status >= 400 && status < 600) return ofStatus(status);
  }
  return unavailable();
}
