import * as z from "zod";
import type { ChatRequest, SentMessage } from "../../../operations/ai-sdk/chat-request";
import { clientMessageId } from "../../../protocol/content";
import { refuse } from "../../../protocol/errors";
import { turnId } from "../../../protocol/ids";
import { type Issue, issuesOf } from "../../../protocol/issues";
import { RefusedRequest } from "../../../worker/problem";
import { readContent } from "../../files/content";
import type { SentFile } from "../../files/sent-file";
import { type Answer, answersIn } from "./answers";

/** What a posted conversation asks for: only its last message says that. */
export type Intent =
  | { kind: "send"; clientMessageId: string; content: string; files: SentFile[] }
  /** Its words in the place of a message that the client has under this id, and of all that followed. */
  | { kind: "edit"; id: string; content: string; files: SentFile[] }
  /** Another answer: the turn is named, or its message by the client's id for it. */
  | { kind: "regenerate"; turnId?: string; id: string }
  | { kind: "answer"; messageId: string; answers: Answer[] };

/** Throws `invalid_request` with the path of the field. */
export function intentOf({ messages, trigger, messageId }: ChatRequest): Intent {
  const at = `messages.${messages.length - 1}`;
  const last = messages.at(-1);
  if (trigger === "regenerate-message" && last?.role === "user") return again(last, messageId);
  if (last?.role === "user") {
    const said = sent(last, at);
    return messageId === last.id ? { ...said, kind: "edit", id: last.id } : said;
  }
  if (last?.role === "assistant") return answered(last, at);
  throw notValid({ path: `${at}.role`, message: "the last message is the user's or an answer" });
}

/** The client has cut its conversation after the message that is to be answered anew. */
function again({ id }: SentMessage, named: string | undefined): Intent {
  const { data } = turnId.safeParse(named);
  return { kind: "regenerate", id, ...(data !== undefined && { turnId: data }) };
}

function sent(message: SentMessage, at: string): Extract<Intent, { kind: "send" }> {
  const files = message.parts.flatMap((part, i) =>
    part.type === "file" ? [fileIn(part, `${at}.parts.${i}`)] : [],
  );
  const texts = message.parts.flatMap((part, i) =>
    part.type === "file" ? [] : [textIn(part, `${at}.parts.${i}`)],
  );
  const read = readContent({ text: texts.join("\n"), files });
  if (!read.success) throw notValid(...issuesOf(read.error).map(({ message }) => said(message)));
  const id = clientMessageId.parse(message.id);
  return { kind: "send", clientMessageId: id, content: read.data, files };

  function said(message: string): Issue {
    return { path: `${at}.parts`, message };
  }
}

type Part = SentMessage["parts"][number];

const filePart = z.looseObject({
  url: z.string(),
  mediaType: z.string().nullish(),
  filename: z.string().nullish(),
});

function fileIn(part: Part, path: string): SentFile {
  const read = filePart.safeParse(part);
  if (!read.success) {
    throw notValid(...issuesOf(read.error).map((one) => ({ ...one, path: `${path}.${one.path}` })));
  }
  const { url, mediaType, filename } = read.data;
  return {
    path,
    name: filename ?? undefined,
    mediaType: mediaType ?? undefined,
    from: { url },
  };
}

function textIn(part: Part, path: string): string {
  if (part.type === "text" && typeof part.text === "string") return part.text;
  if (part.type === "text") throw notValid({ path: `${path}.text`, message: "not text" });
  throw notValid({ path, message: `parts of type "${part.type.slice(0, 64)}" can't be sent` });
}

function answered(message: SentMessage, at: string): Intent {
  const { answers, issues } = answersIn(message, at);
  if (issues.length > 0) throw notValid(...issues);
  if (answers.length > 0) return { kind: "answer", messageId: message.id, answers };
  throw notValid({ path: at, message: "it answers nothing, and is not the user's" });
}

export function notValid(...issues: Issue[]): RefusedRequest {
  return new RefusedRequest(refuse("invalid_request", "The request is not valid", { issues }));
}
