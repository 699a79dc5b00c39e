import { isBlank } from "../../../protocol/blank";
import { content as schemaOfContent } from "../../../protocol/content";
import { issuesOf } from "../../../protocol/issues";
import { LIMITS } from "../../../protocol/limits";
import { type GivenMessage, givenHistory } from "../../../protocol/rest/given-history";
import { notValid } from "../refusals";

/** One message of a request, at its place there. */
export type Line = {
  role: "system" | "developer" | "user" | "assistant";
  text: string;
  name?: string | undefined;
  /** `messages.3` */
  path: string;
  /** Where its text is: `messages.3.content` */
  words: string;
};

type Conversation = { history: GivenMessage[]; content: string; path: string };

/**
 * A whole conversation as the protocol sends it: what was said before, and the last message, which is to
 * be answered. Messages of before that say nothing are left out. Throws `invalid_request` by the field.
 */
export function conversationOf(lines: readonly Line[]): Conversation {
  const last = lines.at(-1);
  if (last?.role !== "user") {
    throw notValid(
      `${last?.path ?? ""}.role`,
      "the last message is a user's: it is what is answered",
    );
  }
  const said = lines.slice(0, -1).filter(({ text }) => !isBlank(text));
  return { history: historyOf(said), content: contentOf(last), path: last.words };
}

/** What was said before, as a task begins with it. */
export function historyOf(lines: readonly Line[]): GivenMessage[] {
  const history = lines.map(({ role, text, name }) => ({
    role: role === "developer" ? ("system" as const) : role,
    content: text,
    ...(name !== undefined && { name }),
  }));
  const parsed = givenHistory.safeParse(history);
  if (parsed.success) return parsed.data;
  const [issue] = issuesOf(parsed.error);
  const [index = "", ...field] = (issue?.path ?? "").split(".");
  const line = lines[Number(index)];
  const path = index === "" ? (lines[0]?.path.split(".")[0] ?? "") : (line?.path ?? "");
  throw notValid([path, ...field].join("."), issue?.message ?? "not valid");
}

/** The words that are to be answered. */
export function contentOf({ text, words }: Line): string {
  const parsed = schemaOfContent.safeParse(text);
  if (parsed.success) return text;
  const [issue] = issuesOf(parsed.error);
  const isLong = text.length > LIMITS.contentUnits;
  const why = isLong ? `longer than ${LIMITS.contentUnits} UTF-16 units` : issue?.message;
  throw notValid(words, why ?? "not valid");
}
