import type { FailureReason } from "../../../protocol/errors";
import { reasonOfWords, statusOfWords } from "./code-words";
import { type Complaint, readComplaint, safeName } from "./complaint";
import { type ModelRefusal, OF_REASON, reasonOfStatus, ruleOfStatus } from "./model-refusal";
import { namedTool } from "./named-tool";
import {
  isTooLargeForEver,
  parameterOfText,
  reasonOfText,
  saysOverflow,
  windowOfText,
} from "./text-forms";
import { boundedWait, type HeaderOf, waitOfHeaders, waitOfText } from "./wait";

export type RefusalHeaders = Headers | Record<string, string | undefined>;

/**
 * What a provider's refusal means. `status` is that of HTTP, 200 or `undefined` where the refusal
 * came inside an answer; `body` is an error object or the text of one, at most 64 KiB.
 */
export function readRefusal(
  status: number | undefined,
  headers: RefusalHeaders,
  body: unknown,
  now = Date.now(),
): ModelRefusal {
  const header = headerOf(headers);
  const complaint = readComplaint(body);
  const type = header("x-amzn-errortype");
  if (type) complaint.words.push(...readComplaint({ type: type.split(":")[0] }).words);
  const told = status !== undefined && status >= 300 ? status : complaint.status;
  const httpStatus = told ?? statusOfWords(complaint.words);
  const waitMs = waitOfHeaders(header, now) ?? complaint.waitMs;
  const reason = reasonOf(complaint, httpStatus, waitMs);
  const rule = reason === undefined ? ruleOfStatus(httpStatus) : OF_REASON[reason];
  const parameter = parameterFor(reason, complaint, httpStatus);
  const retryAfterMs = rule.retryable
    ? boundedWait(waitMs ?? waitOfText(complaint.text))
    : undefined;
  const contextWindow =
    reason === "context_overflow"
      ? (complaint.contextWindow ?? windowOfText(complaint.text))
      : undefined;
  const tool = isOfRequest(httpStatus) ? namedTool(complaint) : undefined;
  return {
    code: rule.code,
    message: sentence(rule.message, parameter, told),
    retryable: rule.retryable,
    ...(reason === undefined ? {} : { reason }),
    ...(parameter === undefined ? {} : { parameter }),
    ...(told === undefined ? {} : { httpStatus: told }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(tool === undefined ? {} : { tool }),
  };
}

/** Codes decide; sentences only where there is no code of any use; the status is what remains. */
function reasonOf(
  complaint: Complaint,
  status: number | undefined,
  waitMs: number | undefined,
): FailureReason | undefined {
  const { words, text, parameter } = complaint;
  const coded = reasonOfWords(words);
  const isLimit = coded === "rate_limited" || (coded === undefined && status === 429);
  // A request that is larger than a whole window of a limit fits no later one.
  if (isLimit && (status === 413 || isTooLargeForEver(text))) return "context_overflow";
  if (isLimit && complaint.dailyQuota && waitMs === undefined) return "quota_exhausted";
  // What is too long is an invalid parameter to some.
  if (coded === "unsupported_parameter" && saysOverflow(text)) return "context_overflow";
  if (coded !== undefined) return coded;
  if (parameter === "model" && isOfRequest(status)) return "unknown_model";
  const spoken = reasonOfText(text);
  // A used-up quota has the status of a limit too.
  if (spoken === "quota_exhausted" && waitMs === undefined) return spoken;
  const general = reasonOfStatus(status) ?? spoken;
  if (general !== undefined) return general;
  // Messages are no parameter that anybody could leave out.
  const isNamed = parameter !== undefined && !/^(messages|input|prompt)\b/.test(parameter);
  return isNamed && isOfRequest(status) ? "unsupported_parameter" : undefined;
}

function isOfRequest(status: number | undefined): boolean {
  return status === 400 || status === 404 || status === 422;
}

function parameterFor(
  reason: FailureReason | undefined,
  { parameter, text }: Complaint,
  status: number | undefined,
): string | undefined {
  if (reason === "unsupported_parameter") return parameter ?? safeName(parameterOfText(text));
  return reason === undefined && isOfRequest(status) ? parameter : undefined;
}

function sentence(message: string, parameter: string | undefined, status: number | undefined) {
  const named = parameter === undefined ? "" : `: ${parameter}`;
  return `${message}${named}${status === undefined ? "" : ` (HTTP ${status})`}.`;
}

function headerOf(headers: RefusalHeaders): HeaderOf {
  if (headers instanceof Headers) return (name) => headers.get(name) ?? undefined;
  const byName = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const lower: Record<string, string | undefined> = Object.fromEntries(byName);
  return (name) => lower[name];
}
