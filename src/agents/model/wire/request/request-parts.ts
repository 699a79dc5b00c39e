import type { LanguageModelV4FilePart, LanguageModelV4TextPart } from "@ai-sdk/provider";
import { base64Of, bytesOfBase64 } from "../../../../platform/base64";

/** Kinds of input that a model takes. */
export type InputKind = "text" | "image" | "file";

type Part = LanguageModelV4TextPart | LanguageModelV4FilePart;
type WirePart = { type: string; [field: string]: unknown };

/** A user's parts as this wire has them; text where there is nothing else, as many servers know only that. */
export function userContent(parts: readonly Part[], input: readonly InputKind[]): unknown {
  const content = parts.map((part) => wirePart(part, input));
  const texts = content.map((part) => part.text);
  const isText = texts.every((text) => typeof text === "string");
  return isText ? texts.join("\n") : content;
}

function wirePart(part: Part, input: readonly InputKind[]): WirePart {
  if (part.type === "text") return { type: "text", text: part.text };
  const { data, mediaType } = part;
  if (data.type === "text") return { type: "text", text: data.text };
  if (mediaType.startsWith("text/") && data.type === "data") {
    return { type: "text", text: textOf(data.data) };
  }
  const isImage = mediaType.startsWith("image");
  const isTaken = input.includes(isImage ? "image" : "file");
  return (isTaken ? filePart(part, isImage) : undefined) ?? leftOut(part);
}

function filePart({ data, mediaType, filename }: LanguageModelV4FilePart, isImage: boolean) {
  if (isImage) {
    const url = data.type === "url" ? data.url.href : dataUrl(data, mediaType);
    return url === undefined ? undefined : { type: "image_url", image_url: { url } };
  }
  const file_data = dataUrl(data, mediaType);
  if (file_data === undefined) return undefined;
  const format = AUDIO[mediaType];
  if (format) {
    const [, base64] = file_data.split(",");
    return { type: "input_audio", input_audio: { data: base64, format } };
  }
  return { type: "file", file: { filename: filename ?? "document", file_data } };
}

const AUDIO: Record<string, string> = {
  "audio/wav": "wav",
  "audio/mp3": "mp3",
  "audio/mpeg": "mp3",
};

/** The model is told what it was not shown, so that it can say so. */
function leftOut({ filename, mediaType }: LanguageModelV4FilePart): WirePart {
  const name = filename === undefined ? mediaType : `${filename}, ${mediaType}`;
  return { type: "text", text: `[A file that this model does not take: ${name}]` };
}

function dataUrl(data: LanguageModelV4FilePart["data"], mediaType: string): string | undefined {
  if (data.type !== "data") return undefined;
  const type = mediaType.includes("/") && !mediaType.endsWith("/*") ? mediaType : "image/png";
  return `data:${type};base64,${typeof data.data === "string" ? data.data : base64Of(data.data)}`;
}

function textOf(data: Uint8Array | string): string {
  return new TextDecoder().decode(typeof data === "string" ? bytesOfBase64(data) : data);
}
