import * as z from "zod";
import { BOUNDS, type SentMessage } from "../../../operations/ag-ui/run-input";
import type { Said, SentFile } from "../../files/sent-file";
import { notValid } from "../errors";

const parts = z.array(z.looseObject({ type: z.string() })).max(BOUNDS.parts);
type Part = z.infer<typeof parts>[number];

/** What a message says, where it is words alone. Throws `invalid_request` by the field. */
export function wordsIn(message: SentMessage, path: string): string {
  const { text, files } = saidIn(message, path);
  const [file] = files;
  if (file) throw notValid({ path: file.path, message: "files are sent in a user's message" });
  return text;
}

/** What a message says, and the files among its parts. `path`: of its content. */
export function saidIn({ content }: SentMessage, path: string): Said {
  if (typeof content === "string") return { text: content, files: [] };
  const read = parts.safeParse(content);
  if (!read.success) {
    throw notValid({ path, message: `neither text nor at most ${BOUNDS.parts} parts` });
  }
  const texts: string[] = [];
  const files: SentFile[] = [];
  for (const [i, part] of read.data.entries()) {
    const file = fileOf(part, `${path}.${i}`);
    if (file) files.push(file);
    else texts.push(textOf(part, `${path}.${i}`));
  }
  return { text: texts.join("\n"), files };
}

function textOf(part: Part, path: string): string {
  if (part.type === "text" && typeof part.text === "string") return part.text;
  if (part.type === "text") throw notValid({ path: `${path}.text`, message: "not text" });
  const type = part.type.slice(0, 64);
  throw notValid({ path, message: `parts of type "${type}" can't be sent` });
}

const MEDIA = new Set(["image", "audio", "video", "document"]);
const named = z.looseObject({ filename: z.string().optional() }).catch({});

const source = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("data"), value: z.string(), mimeType: z.string() }),
  z.looseObject({ type: z.literal("url"), value: z.string(), mimeType: z.string().nullish() }),
  z.looseObject({ type: z.literal("file"), value: z.string(), mimeType: z.string().nullish() }),
]);
/** A part of before 1.0. */
const binary = z.looseObject({
  mimeType: z.string(),
  data: z.string().nullish(),
  url: z.string().nullish(),
  id: z.string().nullish(),
  filename: z.string().nullish(),
});

/** Nothing where a part is none of media. */
function fileOf(part: Part, path: string): SentFile | undefined {
  if (part.type === "binary") return binaryOf(part, path);
  if (!MEDIA.has(part.type)) return undefined;
  const at = `${path}.source`;
  const read = source.safeParse(part.source);
  if (!read.success) throw notValid({ path: at, message: "not data, a url or a file" });
  const { type, value, mimeType } = read.data;
  const name = named.parse(part.metadata ?? {}).filename;
  const from = { data: { base64: value }, url: { url: value }, file: { fileId: value } }[type];
  return { path: `${at}.value`, name, mediaType: mimeType ?? undefined, from };
}

function binaryOf(part: Part, path: string): SentFile {
  const read = binary.safeParse(part);
  if (!read.success) throw notValid({ path, message: "not a binary part" });
  const { mimeType: mediaType, data, url, id, filename } = read.data;
  const of = { name: filename ?? undefined, mediaType };
  if (data) return { path: `${path}.data`, ...of, from: { base64: data } };
  if (url) return { path: `${path}.url`, ...of, from: { url } };
  if (id) return { path: `${path}.id`, ...of, from: { fileId: id } };
  throw notValid({ path, message: "one of data, url and id" });
}
