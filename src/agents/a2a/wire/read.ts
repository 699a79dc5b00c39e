import * as z from "zod";
import { type JsonValue, parseJson } from "../../../protocol/json";
import type { OfferedFile } from "../../files/made-files";
import { shownLine } from "../../model/shown-text";
import { MalformedAnswer } from "../../remote/agent-failure";
import { type Artifact, type Content, STATES, type Status, type Told } from "./told";

/** UTF-16 units of what an agent says beside its answer; more is cut. */
const WORDS_UNITS = 500;

// Protobuf's JSON writes what is not there as null, or as an empty text.
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const oldFile = z.looseObject({
  name: optional(z.string()),
  mimeType: optional(z.string()),
  bytes: optional(z.string()),
  uri: optional(z.string()),
});
// 1.0 has one kind of part and 0.3 three; no field of theirs means two things.
const part = z.looseObject({
  text: optional(z.string()),
  data: z.unknown().optional(),
  raw: optional(z.string()),
  url: optional(z.string()),
  filename: optional(z.string()),
  mediaType: optional(z.string()),
  file: optional(oldFile),
});
type Part = z.infer<typeof part>;

const message = z.looseObject({ parts: optional(z.array(part)) });
const artifact = z.looseObject({ artifactId: z.string(), parts: optional(z.array(part)) });
const status = z.looseObject({ state: optional(z.string()), message: optional(message) });
const task = z.looseObject({
  id: z.string().min(1),
  status,
  artifacts: optional(z.array(artifact)),
});
const percent = z.looseObject({ percentComplete: z.number().optional().catch(undefined) });
const statusUpdate = z.looseObject({
  taskId: z.string().min(1),
  status,
  metadata: optional(percent).catch(undefined),
});
const artifactUpdate = z.looseObject({
  taskId: z.string().min(1),
  artifact,
  append: optional(z.boolean()),
});

type Readers = { name: string; kind: string; read: (value: unknown) => Told }[];

/** By the field that holds it in 1.0, and the `kind` that it has in 0.3. */
const READERS: Readers = [
  { name: "task", kind: "task", read: taskOf },
  { name: "statusUpdate", kind: "status-update", read: statusUpdateOf },
  { name: "artifactUpdate", kind: "artifact-update", read: artifactUpdateOf },
  { name: "message", kind: "message", read: (value) => ({ type: "message", ...answerOf(value) }) },
];

const result = z.record(z.string(), z.unknown());

/** A result of sending, or an event of a stream; nothing where it is of no known kind. Throws `MalformedAnswer`. */
export function toldIn(value: unknown): Told | undefined {
  const fields = result.safeParse(value).data;
  if (!fields) throw unreadable("answer");
  for (const { name, kind, read } of READERS) {
    if (fields.kind === kind) return read(fields);
    if (fields.kind === undefined && fields[name] !== undefined) return read(fields[name]);
  }
  return undefined;
}

/** A task as it is given to those who ask for it. Throws `MalformedAnswer`. */
export function taskOf(value: unknown): Told {
  const { id, status: told, artifacts = [] } = read(task, value, "task");
  return { type: "task", taskId: id, status: statusOf(told), artifacts: artifacts.map(artifactOf) };
}

function statusUpdateOf(value: unknown): Told {
  const { taskId, status: told, metadata } = read(statusUpdate, value, "status");
  const { percentComplete } = metadata ?? {};
  const more = percentComplete === undefined ? {} : { percentComplete };
  return { type: "status", taskId, status: { ...statusOf(told), ...more } };
}

function artifactUpdateOf(value: unknown): Told {
  const { taskId, artifact: told, append = false } = read(artifactUpdate, value, "artifact");
  return { type: "artifact", taskId, artifact: artifactOf(told), isMore: append };
}

function answerOf(value: unknown): Content {
  return contentOf(read(message, value, "message").parts);
}

function statusOf({ state = "", message: said }: z.infer<typeof status>): Status {
  // TASK_STATE_INPUT_REQUIRED is input-required.
  const word = state
    .replace(/^TASK_STATE_/, "")
    .replaceAll("_", "-")
    .toLowerCase();
  const known = STATES.find((one) => one === word) ?? "unknown";
  return { state: known, words: contentOf(said?.parts).text };
}

function artifactOf({ artifactId, parts }: z.infer<typeof artifact>): Artifact {
  return { id: artifactId, ...contentOf(parts) };
}

function contentOf(parts: Part[] = []): Content {
  const data = parts.map((one) => dataIn(one)).findLast((one) => one !== undefined);
  return {
    text: parts.map(({ text }) => text ?? "").join(""),
    ...(data !== undefined && { data }),
    files: parts.flatMap(fileIn),
  };
}

function dataIn({ data, text }: Part): JsonValue | undefined {
  if (data === undefined || text !== undefined) return undefined;
  // What came in a text with half a character in it may hold that half.
  const json = parseJson(JSON.stringify(data));
  return json.ok ? (json.value as JsonValue) : undefined;
}

function fileIn({ raw, url, filename, mediaType, file }: Part): OfferedFile[] {
  const name = filename || file?.name || "";
  const type = mediaType || file?.mimeType || "application/octet-stream";
  const [base64, address] = [raw ?? file?.bytes, url ?? file?.uri];
  if (base64 !== undefined) return [{ name, mediaType: type, data: { base64 } }];
  return address === undefined ? [] : [{ name, mediaType: type, data: { url: address } }];
}

/** What an agent says of itself, as one line that can be shown. */
export function shownWords(text: string): string {
  return shownLine(text.toWellFormed(), WORDS_UNITS);
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string) {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(what);
  return parsed.data;
}

function unreadable(what: string): MalformedAnswer {
  return new MalformedAnswer(`The agent's ${what} cannot be read.`);
}
