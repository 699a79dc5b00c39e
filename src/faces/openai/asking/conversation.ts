import { type Content, textOf } from "../../../operations/openai/content";
import { isBlank } from "../../../protocol/blank";
import { issuesOf } from "../../../protocol/issues";
import { LIMITS } from "../../../protocol/limits";
import { type GivenMessage, givenHistory } from "../../../protocol/rest/given-history";
import { readContent } from "../../files/content";
import { goingAlong } from "../../files/earlier";
import type { Said, SentFile } from "../../files/sent-file";
import { notValid } from "../refusals";
import { sentFiles } from "./sent-files";

/** One message of a request, at its place there. */
export type Line = Said & {
  role: "system" | "developer" | "user" | "assistant";
  name?: string | undefined;
  /** `messages.3` */
  path: string;
  /** Where its text is: `messages.3.content` */
  words: string;
};

type Given = Pick<Line, "role" | "name"> & { content?: Content | null | undefined };

/** A message of a request. `path`: of its place there. */
export function lineOf({ role, content, name }: Given, path: string): Line {
  const words = `${path}.content`;
  return { role, text: textOf(content ?? ""), files: sentFiles(content, words), name, path, words };
}

/** What is to be answered; `path`: where its words are. */
export type Question = { content: string; files: SentFile[]; path: string };

/**
 * A whole conversation as the protocol sends it: what was said before, and the last message, which is to
 * be answered. Messages of before that say nothing are left out; what they carried goes with the last.
 * Throws `invalid_request` by the field.
 */
export function conversationOf(lines: readonly Line[]): Question & { history: GivenMessage[] } {
  const question = lastOf(lines);
  const { earlier, files } = goingAlong(lines.slice(0, -1), question.files);
  const said = earlier.filter(({ text }) => !isBlank(text));
  return { history: historyOf(said), ...question, files: [...files, ...question.files] };
}

/** The last message of a conversation. Throws where it is no user's. */
export function lastOf(lines: readonly Line[]): Question {
  const last = lines.at(-1);
  if (last?.role === "user") return questionOf(last);
  const message = "the last message is a user's: it is what is answered";
  throw notValid(last ? `${last.path}.role` : "input", message);
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

/** The message that is to be answered. */
export function questionOf({ text, files, words: path }: Line): Question {
  const parsed = readContent({ text, files });
  if (parsed.success) return { content: text, files, path };
  const [issue] = issuesOf(parsed.error);
  const isLong = text.length > LIMITS.contentUnits;
  const why = isLong ? `longer than ${LIMITS.contentUnits} UTF-16 units` : issue?.message;
  throw notValid(path, why ?? "not valid");
}
