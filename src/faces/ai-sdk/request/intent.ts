import type { ChatRequest, SentMessage } from "../../../operations/ai-sdk/chat-request";
import { clientMessageId, content } from "../../../protocol/content";
import { refuse } from "../../../protocol/errors";
import { turnId } from "../../../protocol/ids";
import { type Issue, issuesOf } from "../../../protocol/issues";
import { RefusedRequest } from "../../../worker/problem";
import { type Answer, answersIn } from "./answers";

/** What a posted conversation asks for: only its last message says that. */
export type Intent =
  | { kind: "send"; clientMessageId: string; content: string }
  /** Its words in the place of a message that the client has under this id, and of all that followed. */
  | { kind: "edit"; id: string; content: string }
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
  const texts = message.parts.map((part, i) => textIn(part, `${at}.parts.${i}`));
  const read = content.safeParse(texts.join("\n"));
  if (!read.success) throw notValid(...issuesOf(read.error).map(({ message }) => said(message)));
  const id = clientMessageId.parse(message.id);
  return { kind: "send", clientMessageId: id, content: read.data };

  function said(message: string): Issue {
    return { path: `${at}.parts`, message };
  }
}

function textIn(part: SentMessage["parts"][number], path: string): string {
  if (part.type === "text" && typeof part.text === "string") return part.text;
  if (part.type === "text") throw notValid({ path: `${path}.text`, message: "not text" });
  if (part.type === "file") throw notValid({ path, message: "files can't be sent yet" });
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
