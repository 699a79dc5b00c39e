import type { NamedTool } from "../../tools/tool-box";
import type { Complaint } from "./complaint";

const INDEXES = [
  // Gemini has all functions in one tool.
  /\bfunction_?declarations(?:\[|\.)(\d{1,3})\b/i,
  /\btools?(?:\[|\.)(\d{1,3})\b/i,
];
const NAME = /\b(?:function|tool)s?\b[^'"`\n]{0,40}['"`]([\w.-]{1,128})['"`]/i;

/** The tool that a refusal is about, by its place in the request's list or its name there. */
export function namedTool({ place = "", text }: Complaint): NamedTool | undefined {
  const indexes = INDEXES.map((form) => form.exec(place)?.[1] ?? form.exec(text)?.[1]);
  const index = indexes.find((digits) => digits !== undefined);
  const name = NAME.exec(text)?.[1];
  if (index === undefined && name === undefined) return undefined;
  return {
    ...(index !== undefined && { index: Number(index) }),
    ...(name !== undefined && { name }),
  };
}
