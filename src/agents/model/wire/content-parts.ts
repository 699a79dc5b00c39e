import type { LanguageModelV4File } from "@ai-sdk/provider";
import { type Fields, isFields, listOf } from "./json";

/** A piece of an answer besides its calls. */
export type ContentPiece =
  | { kind: "text" | "reasoning" | "refusal"; text: string }
  | { kind: "picture" | "file"; file: LanguageModelV4File }
  /** Something came that cannot be shown. */
  | { kind: "picture" | "file" | "audio" | "other"; file?: undefined };

/** Text within parts within parts: Mistral's thinking is a list in a part. */
const DEPTH = 4;

/** `content` in any form but that of one text: parts, one part, or a list of texts. */
export function contentPieces(content: unknown, depth = DEPTH): ContentPiece[] {
  return listOf(content).flatMap((part): ContentPiece[] => {
    if (typeof part === "string") return part === "" ? [] : [{ kind: "text", text: part }];
    return isFields(part) && depth > 0 ? piecesOf(part, depth) : [];
  });
}

/** Thinking in the fields that providers have for it; the first that says something counts. */
export function reasoningIn(fields: Fields): { field: string; text: string } | undefined {
  for (const field of REASONING) {
    const said = fields[field];
    const text = typeof said === "string" ? said : said ? plainText(said, DEPTH) : "";
    if (text !== "") return { field, text };
  }
  return undefined;
}

const REASONING = [
  ...["reasoning_content", "reasoning", "reasoning_details", "reasoning_text", "thinking"],
];

/** All text of a value of parts. */
function plainText(value: unknown, depth: number): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((item) => plainText(item, depth)).join("");
  if (!isFields(value) || depth === 0) return "";
  const said = value.text ?? value.content ?? value.summary ?? value.thinking ?? value.value;
  return plainText(said, depth - 1);
}

function piecesOf(part: Fields, depth: number): ContentPiece[] {
  const type = typeof part.type === "string" ? part.type : "";
  if (part.refusal) return textPiece("refusal", part.refusal);
  if (/thinking|reasoning|thought/.test(type)) {
    const { thinking, reasoning, ...rest } = part;
    return textPiece("reasoning", thinking ?? reasoning ?? rest);
  }
  if (part.image_url || /image/.test(type)) return [pictureOf(part.image_url ?? part)];
  if (/audio/.test(type)) return [{ kind: "audio" }];
  if (/file/.test(type)) return [fileOf(part.file ?? part)];
  const inline = part.inline_data ?? part.inlineData;
  if (isFields(inline)) return [inlineOf(inline)];
  if (part.text !== undefined) return textPiece("text", part.text);
  if (part.content !== undefined) return contentPieces(part.content, depth - 1);
  return type === "" || /reference|citation|annotation/.test(type) ? [] : [{ kind: "other" }];
}

function textPiece(kind: "text" | "reasoning" | "refusal", said: unknown): ContentPiece[] {
  const text = plainText(said, DEPTH);
  return text === "" ? [] : [{ kind, text }];
}

function pictureOf(said: unknown): ContentPiece {
  const { url, data, b64_json } = isFields(said) ? said : { url: said };
  const file = fileAt(url) ?? dataFile(data ?? b64_json, "image/png");
  return file ? { kind: "picture", file } : { kind: "picture" };
}

function fileOf(said: unknown): ContentPiece {
  const { file_data, url, data, mime_type, media_type } = isFields(said) ? said : { url: said };
  const type = mime_type ?? media_type;
  const file = fileAt(file_data ?? url) ?? dataFile(data, typeof type === "string" ? type : "");
  return file ? { kind: "file", file } : { kind: "file" };
}

/** As Gemini writes it. */
function inlineOf({ data, mime_type, mimeType }: Fields): ContentPiece {
  const type = mime_type ?? mimeType;
  const file = dataFile(data, typeof type === "string" ? type : "");
  const kind = file?.mediaType.startsWith("image/") ? "picture" : "file";
  return file ? { kind, file } : { kind };
}

const MEDIA_TYPE = /^[a-z]+\/[\w.+-]{1,80}$/i;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

function fileAt(url: unknown): LanguageModelV4File | undefined {
  if (typeof url !== "string") return undefined;
  const head = /^data:([^;,]{1,90})(?:;[^;,]{1,90})*;base64,/.exec(url);
  if (head) return dataFile(url.slice(head[0].length), head[1] ?? "");
  if (!/^https?:/.test(url) || !URL.canParse(url)) return undefined;
  return { type: "file", mediaType: "image/*", data: { type: "url", url: new URL(url) } };
}

function dataFile(data: unknown, mediaType: string): LanguageModelV4File | undefined {
  if (typeof data !== "string" || !MEDIA_TYPE.test(mediaType) || !BASE64.test(data))
    return undefined;
  return { type: "file", mediaType, data: { type: "data", data } };
}
