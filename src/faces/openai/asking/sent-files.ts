import { type Content, type ContentPart, isText } from "../../../operations/openai/content";
import type { SentFile } from "../../files/sent-file";
import { notValid } from "../refusals";

/** The files of a message, by their fields. `path`: of its content. */
export function sentFiles(content: Content | null | undefined, path: string): SentFile[] {
  if (typeof content === "string" || !content) return [];
  return content.flatMap((part, i) => (isText(part) ? [] : [sentFile(part, `${path}.${i}`)]));
}

type FilePart = Exclude<ContentPart, { text: string }>;

function sentFile(part: FilePart, path: string): SentFile {
  switch (part.type) {
    case "image_url":
      return { path: `${path}.image_url.url`, from: { url: part.image_url.url } };
    case "input_image":
      return one(path, [
        ["image_url", part.image_url, (url) => ({ url })],
        ["file_id", part.file_id, (fileId) => ({ fileId })],
      ]);
    case "file":
      return { ...one(`${path}.file`, waysOf(part.file)), name: part.file.filename ?? undefined };
    case "input_file": {
      const ways = [...waysOf(part), way("file_url", part.file_url, (url) => ({ url }))];
      return { ...one(path, ways), name: part.filename ?? undefined };
    }
  }
}

type From = SentFile["from"];
type Way = [field: string, value: string | null | undefined, from: (value: string) => From];

function way(...way: Way): Way {
  return way;
}

type Given = { file_data?: string | null | undefined; file_id?: string | null | undefined };

function waysOf({ file_data, file_id }: Given): Way[] {
  return [
    way("file_data", file_data, (data) =>
      /^data:/i.test(data) ? { url: data } : { base64: data },
    ),
    way("file_id", file_id, (fileId) => ({ fileId })),
  ];
}

/** A part names its file in one way. */
function one(path: string, ways: readonly Way[]): SentFile {
  const [given, second] = ways.filter(([, value]) => value !== undefined && value !== null);
  const names = ways.map(([field]) => field);
  if (!given || second) throw notValid(path, `one of ${names.join(" and ")}`);
  const [field, value, from] = given;
  return { path: `${path}.${field}`, from: from(value ?? "") };
}
