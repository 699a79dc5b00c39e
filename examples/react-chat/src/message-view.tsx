import type { Message } from "taskroom/client";
import { Markdown } from "./markdown";

/** One that is whole: a person's words, or an answer and how it ended. */
export function MessageView({ message }: { message: Message }) {
  const { role, author, content, status } = message;
  return (
    <article data-role={role}>
      {author && <b>{author.name ?? author.userId}: </b>}
      {role === "assistant" ? <Markdown text={content} /> : <span data-part="text">{content}</span>}
      {status !== "complete" && <i> ({status})</i>}
    </article>
  );
}
