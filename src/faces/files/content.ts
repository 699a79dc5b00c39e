import { isBlank } from "../../protocol/blank";
import { content } from "../../protocol/content";
import type { Said } from "./sent-file";

/** A message's words as the room takes them: where files come with them, they need say nothing. */
export function readContent({ text, files }: Said): ReturnType<typeof content.safeParse> {
  if (files.length > 0 && isBlank(text)) return { success: true, data: "" };
  return content.safeParse(text);
}
