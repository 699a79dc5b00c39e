import * as z from "zod";
import { isBlank } from "../blank";
import { LIMITS } from "../limits";
import { attachments } from "./attachment";

/** Where a body has what a person says. */
type Field = "content" | "input" | "prompt";
type Words = { [Name in Field]?: string | undefined } & {
  attachments?: readonly string[] | undefined;
};

/** What a person says and sends along: the content may be empty where a file is there. */
export const words = {
  content: z.string().max(LIMITS.contentUnits).default(""),
  attachments: attachments.optional(),
};

/** For objects with `words`: refuses what says nothing and carries nothing. */
export const saysSomething = saysSomethingIn("content");

/** The same where the words are in another field, which may be left out. */
export function saysSomethingIn(field: Field) {
  return ({ attachments = [], ...said }: Words, context: z.RefinementCtx): void => {
    const words = said[field];
    if (words === undefined || !isBlank(words) || attachments.length > 0) return;
    const message = "blank: white space and characters of zero width alone";
    context.addIssue({ code: "custom", path: [field], message, input: words });
  };
}
