import type { LanguageModelV4FilePart } from "@ai-sdk/provider";
import { base64Size } from "../../../platform/base64";

/** A picture or a document on its way to a model, encoded as all providers take it. */
export type FilePart = { name: string; mediaType: string; base64: string };

/** The files of a message as its model gets them. */
export type MessageFiles = {
  /** Text files whole, and a line for each that the model does not get. */
  text: string;
  parts: FilePart[];
  /** All of them by name, in one line. */
  names: string;
  /** What stands for `text` and `parts` where there is no room for them: a line for each file. */
  lines: string;
  /** Some are only named, since there is no room for them. */
  isShort: boolean;
};

/** Some providers go by the ending of a document's name, whatever type it is said to be. */
export function filePartOf({ name, mediaType, base64 }: FilePart): LanguageModelV4FilePart {
  const isNamed = mediaType !== "application/pdf" || /\.pdf$/i.test(name);
  const filename = isNamed ? name : `${name}.pdf`;
  return { type: "file", filename, mediaType, data: { type: "data", data: base64 } };
}

/** Names a call among those of a step. */
export function callKey({ round, index }: { round: number; index: number }): string {
  return `${round}:${index}`;
}

/** Tokens of a picture, which providers make smaller before a model sees it. */
const PICTURE_TOKENS = 1600;
/** A page of some 70 KB is some 700 tokens of text and one of a picture; scans are larger. */
const DOCUMENT_BYTES_PER_TOKEN = 40;

/** A cautious guess: no provider says what a file costs before it was asked. */
export function fileTokens(mediaType: string, bytes: number): number {
  if (mediaType.startsWith("image/")) return PICTURE_TOKENS;
  return Math.max(PICTURE_TOKENS, Math.ceil(bytes / DOCUMENT_BYTES_PER_TOKEN));
}

export function partTokens({ mediaType, base64 }: Omit<FilePart, "name">): number {
  return fileTokens(mediaType, base64Size(base64));
}
