import * as z from "zod";
import { type JsonValue, metadata, parseJson } from "../../protocol/json";
import { LIMITS } from "../../protocol/limits";
import { logLevel } from "../../protocol/log-entry";
import { usage } from "../../protocol/usage";
import { shownLine, shownText } from "../model/shown-text";
import { MalformedAnswer } from "./agent-failure";

/** UTF-16 units of what an agent says beside its text; more is cut. */
const MESSAGE_UNITS = 500;
const LOG_UNITS = 4000;
const NOTICE_UNITS = 4000;

const line = (units: number) => z.string().transform((text) => shownLine(text, units));
const lines = (units: number) => z.string().transform((text) => shownText(text, units));

// Many languages write an absent field as null.
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const counted = usage.refine(
  (counts) => Object.values(counts).every((count) => (count ?? 0) >= 0),
  {
    error: "negative",
  },
);

// Parsed from JSON, so there is nothing left to check: to walk a megabyte of `{}` takes a second.
const data = z.custom<JsonValue>().optional();

const result = z.object({ output: z.string(), data, usage: optional(counted) });
export type AgentResult = Omit<z.infer<typeof result>, "output"> & { output: string | undefined };

const event = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("progress"),
    percentComplete: z.number().transform((value) => Math.round(Math.min(Math.max(value, 0), 100))),
    message: optional(line(MESSAGE_UNITS)),
  }),
  z.object({
    type: z.literal("log"),
    // A log entry must never break the work: what it says of itself may be wrong.
    level: logLevel.catch("info"),
    message: lines(LOG_UNITS),
    metadata: optional(metadata).catch(undefined),
  }),
  z.object({ type: z.literal("chunk"), delta: z.string() }),
  z.object({ type: z.literal("resumable"), state: data }),
  // Whether it is a file is seen where it is kept: it is left out, and breaks nothing.
  z.object({
    type: z.literal("file"),
    name: z.string().catch("file"),
    mediaType: optional(z.string()).catch(undefined),
    base64: optional(z.string()).catch(undefined),
    url: optional(z.string()).catch(undefined),
  }),
  z.object({
    type: z.literal("notify"),
    title: line(LIMITS.titleChars),
    body: optional(lines(NOTICE_UNITS)),
    data: optional(metadata),
  }),
  // Whoever has written the text in chunks need not repeat it.
  z.object({ type: z.literal("result"), ...result.shape, output: optional(z.string()) }),
  z.object({ type: z.literal("error"), message: line(MESSAGE_UNITS), retryable: z.boolean() }),
]);
export type AgentEvent = z.infer<typeof event>;

const NAMES = event.options.map((option) => option.shape.type.value);

/** `undefined` for an event that we do not know: it may be of a later version. */
export function agentEvent(name: string | undefined, text: string): AgentEvent | undefined {
  const type = NAMES.find((known) => known === name);
  if (!type) return undefined;
  const parsed = event.safeParse({ ...fieldsOf(type, text), type });
  if (!parsed.success) throw unreadable(`\`${type}\` event`);
  return parsed.data;
}

export function agentResult(text: string): AgentResult {
  const json = parseJson(text);
  const parsed = result.safeParse(json.ok ? json.value : undefined);
  if (!parsed.success) throw unreadable("answer");
  return parsed.data;
}

function fieldsOf(type: AgentEvent["type"], text: string): object {
  // Text cut at any place may end in half of a character; the other half comes with the next.
  const json = type === "chunk" ? looseJson(text) : parseJson(text);
  if (!json.ok || typeof json.value !== "object" || json.value === null) {
    throw unreadable(`\`${type}\` event`);
  }
  return json.value;
}

function looseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function unreadable(what: string): MalformedAnswer {
  return new MalformedAnswer(`The agent's ${what} cannot be read.`);
}
