import * as z from "zod";
import { isBlank } from "../blank";
import { LIMITS } from "../limits";
import { attachments } from "./attachment";

type Words = { content?: string | undefined; attachments?: readonly string[] | undefined };

/** What a person says and sends along: the content may be empty where a file is there. */
export const words = {
  content: z.string().max(LIMITS.contentUnits).default(""),
  attachments: attachments.optional(),
};

/** For objects with `words`: refuses what says nothing and carries nothing. */
export function saysSomething({ content = "", attachments = [] }: Words, context: z.RefinementCtx) {
  if (!isBlank(content) || attachments.length > 0) return;
  context.addIssue({
    code: "custom",
    path: ["content"],
    message: "blank: white space and characters of zero width alone",
    input: content,
  });
}
