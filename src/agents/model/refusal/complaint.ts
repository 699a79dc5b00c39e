import { type Fields, isFields, jsonOf } from "../wire/json";
import { codeWord } from "./code-words";
import { durationMs } from "./wait";

/** What a refusal's body says, whatever its dress. */
export type Complaint = {
  /** Codes in one form, the outermost first. */
  words: string[];
  /** 400 to 599. */
  status: number | undefined;
  parameter: string | undefined;
  /** Where in the request the fault is said to be, as it was written: never to be shown. */
  place: string | undefined;
  /** The provider's own sentences: for matching only, never to be shown. */
  text: string;
  waitMs: number | undefined;
  /** Tokens. */
  contextWindow: number | undefined;
  /** A quota of a day is used up (google.rpc.QuotaFailure). */
  dailyQuota: boolean;
};

/** Records of one body that are looked at: errors are small, and a hostile one must not cost more. */
const MOST_RECORDS = 64;
const TEXT_CHARS = 4000;

const CODES = [
  ...["code", "type", "status", "reason", "error_type", "error_code", "errorCode", "__type"],
  ...["status_code", "statusCode"],
];
const TEXTS = [
  ...["message", "msg", "error", "detail", "title", "raw", "errorMessage", "error_message"],
  ...["error_description", "status_msg"],
];
const INNER = [
  ...["error", "errors", "detail", "details", "innererror", "inner_error", "metadata", "cause"],
  ...["violations", "response", "message", "base_resp"],
];
const WAITS: Record<string, number> = {
  retry_after_ms: 1,
  retryAfterMs: 1,
  retry_after: 1000,
  retryAfter: 1000,
  retry_after_seconds: 1000,
};

/** Reads an error object, or text that may hold one. */
export function readComplaint(said: unknown): Complaint {
  const complaint: Complaint = {
    words: [],
    status: undefined,
    parameter: undefined,
    place: undefined,
    text: "",
    waitMs: undefined,
    contextWindow: undefined,
    dailyQuota: false,
  };
  const waiting = [said];
  for (let n = 0; n < waiting.length && n < MOST_RECORDS; n++) {
    const item = waiting[n];
    if (typeof item === "string") waiting.push(...readText(item, complaint));
    else if (Array.isArray(item)) waiting.push(...item.slice(0, MOST_RECORDS));
    else if (isFields(item)) waiting.push(...readFields(item, complaint));
  }
  return complaint;
}

/** Gives the object that a text holds, as proxies pass on their provider's; else keeps it as a sentence. */
function readText(text: string, complaint: Complaint): unknown[] {
  const value = jsonOf(text.slice(beginOfJson(text)).trim());
  if (value !== undefined) return [value];
  const embedded = /\{.*\}/s.exec(text.slice(0, TEXT_CHARS))?.[0];
  const inner = embedded === undefined ? undefined : jsonOf(embedded);
  if (!/^\s*</.test(text)) complaint.text = `${complaint.text} ${text}`.slice(0, TEXT_CHARS);
  return isFields(inner) ? [inner] : [];
}

/** Behind the frame of an event, which a refusal may have too. */
function beginOfJson(text: string): number {
  const start = text.slice(0, 200).search(/[{[]/);
  return start > 0 && /^\s*(event|data):/.test(text) ? start : 0;
}

function readFields(fields: Fields, complaint: Complaint): unknown[] {
  for (const name of CODES) readCode(fields[name], complaint);
  // OpenRouter's moderation has no code.
  if (fields.flagged_input !== undefined) complaint.words.push("flagged");
  const places = placesIn(fields);
  complaint.parameter ??= places.map(safeName).find((name) => name !== undefined);
  complaint.place ??= places.find((place) => place !== "");
  complaint.waitMs ??= waitOf(fields);
  complaint.contextWindow ??= count(fields.n_ctx);
  if (/per_?day/i.test(String(fields.quotaId ?? fields.quotaMetric ?? ""))) {
    complaint.dailyQuota = true;
  }
  const texts = TEXTS.map((name) => fields[name]).filter((value) => typeof value === "string");
  const inner = INNER.map((name) => fields[name]).filter((value) => typeof value === "object");
  return [...texts, ...inner];
}

function readCode(code: unknown, complaint: Complaint): void {
  const number = typeof code === "number" || /^\d{3}$/.test(String(code)) ? Number(code) : 0;
  if (number >= 400 && number < 600) complaint.status ??= number;
  else if (typeof code === "string" && code !== "" && code.length < 200) {
    complaint.words.push(codeWord(code));
  }
}

const NAME = /^[A-Za-z][\w.\-[\]]{0,63}$/;

/** OpenAI's `param`, and FastAPI's place of a fault in the body. */
function placesIn({ param, parameter, loc }: Fields): string[] {
  const place = Array.isArray(loc) ? loc.filter((step) => step !== "body").join(".") : undefined;
  return [param, parameter, place].filter((one) => typeof one === "string");
}

/** The name, if it can only be one: it will be shown. */
export function safeName(name: unknown): string | undefined {
  return typeof name === "string" && NAME.test(name) ? name : undefined;
}

function waitOf(fields: Fields): number | undefined {
  const { retryDelay } = fields;
  if (typeof retryDelay === "string") return durationMs(retryDelay);
  if (isFields(retryDelay)) return Number(retryDelay.seconds ?? 0) * 1000;
  for (const [name, unit] of Object.entries(WAITS)) {
    const value = fields[name];
    if (typeof value === "number" && value >= 0) return value * unit;
  }
  return undefined;
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined;
}
