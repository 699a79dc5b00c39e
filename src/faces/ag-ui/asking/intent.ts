import type { RunInput, SentMessage } from "../../../operations/ag-ui/run-input";
import { isBlank } from "../../../protocol/blank";
import { issuesOf } from "../../../protocol/issues";
import { type GivenMessage, givenHistory } from "../../../protocol/rest/given-history";
import { readContent } from "../../files/content";
import type { SentFile } from "../../files/sent-file";
import { notValid } from "../errors";
import { type Answer, trailingResults, turnOf, wordsOfResume } from "./answers";
import { saidIn, wordsIn } from "./words";

export type Sending = {
  kind: "send";
  messageId: string;
  content: string;
  files: SentFile[];
  index: number;
};
/** What a run is to do: the last message is all that counts of a conversation that the room has. */
export type Intent = Sending | { kind: "answer"; turnId: string; answers: Answer[] };

/** Throws `invalid_request` by the field. */
export function intentOf(input: RunInput): Intent {
  const answers = [...wordsOfResume(input.resume ?? []), ...trailingResults(input)];
  const [first] = answers;
  if (first) {
    const turnId = turnOf(first);
    if (answers.every((answer) => turnOf(answer) === turnId)) {
      return { kind: "answer", turnId, answers };
    }
    throw notValid({ path: "resume", message: "answers of one run are for one turn" });
  }
  const { index, last } = lastOf(input);
  const path = `messages.${Math.max(index, 0)}`;
  if (last?.role !== "user") {
    const message = "the last message is a user's, or the result of a call";
    throw notValid({ path: last ? `${path}.role` : "messages", message });
  }
  return sendingOf(last, index);
}

/** A user's message that a client sends along with answers, unless the thread has it; by its id. */
export async function saidAlong(
  input: RunInput,
  isKnown: (messageId: string) => Promise<boolean>,
): Promise<Sending | undefined> {
  const { index, last } = lastOf(input);
  if (!input.resume?.length || last?.role !== "user" || (await isKnown(last.id))) return undefined;
  return sendingOf(last, index);
}

function lastOf({ messages }: RunInput): { index: number; last: SentMessage | undefined } {
  const index = messages.findLastIndex(({ role }) => !ASIDE.has(role));
  return { index, last: messages[index] };
}

function sendingOf(message: SentMessage, index: number): Sending {
  const said = contentOf(message, `messages.${index}`);
  return { kind: "send", messageId: message.id, ...said, index };
}

/** What clients show for themselves. */
const ASIDE = new Set(["activity", "reasoning"]);

function contentOf(message: SentMessage, path: string): { content: string; files: SentFile[] } {
  const said = saidIn(message, `${path}.content`);
  const read = readContent(said);
  if (read.success) return { content: read.data, files: said.files };
  const issues = issuesOf(read.error);
  throw notValid(...issues.map(({ message }) => ({ path: `${path}.content`, message })));
}

/** What users sent along before a thread's first message here. */
export function filesBefore(messages: readonly SentMessage[]): SentFile[] {
  return messages.flatMap((message, i) =>
    message.role === "user" ? saidIn(message, `messages.${i}.content`).files : [],
  );
}

/** What was said before a thread's first message here. Results of tools and thoughts are not taken along. */
export function historyOf(messages: readonly SentMessage[]): GivenMessage[] {
  const lines = messages.flatMap((message, i) => lineOf(message, i));
  const read = givenHistory.safeParse(lines.map(({ line }) => line));
  if (read.success) return read.data;
  const [issue = { path: "", message: "not valid" }] = issuesOf(read.error);
  const [at = "", ...field] = issue.path.split(".");
  const index = at === "" ? undefined : lines[Number(at)]?.index;
  const path = ["messages", ...(index === undefined ? [] : [index]), ...field].join(".");
  throw notValid({ path, message: issue.message });
}

type At = Parameters<typeof saidIn>;
type Line = { index: number; line: GivenMessage };

function lineOf(message: SentMessage, index: number): Line[] {
  const { role, content: said = "", name } = message;
  if (ASIDE.has(role) || role === "tool" || said === null) return [];
  const read = role === "user" ? (...of: At) => saidIn(...of).text : wordsIn;
  const text = read({ ...message, content: said }, `messages.${index}.content`);
  if (isBlank(text)) return [];
  const given = role === "user" || role === "assistant" ? role : "system";
  const line = { role: given, content: text, ...(typeof name === "string" && name && { name }) };
  return [{ index, line: line as GivenMessage }];
}
