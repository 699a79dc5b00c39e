import type { Message } from "../../../../client";
import { Link } from "../../../routing/link";

const SHOWN = 60;

/** Names the question where others stand between it and its answer. */
export function AnswerTo({ question: { id, taskId, content } }: { question: Message }) {
  const text = content.length > SHOWN ? `${content.slice(0, SHOWN)}…` : content;
  return (
    <p class="quiet">
      Answer to <Link to={{ at: "task", taskId, view: "conversation", message: id }}>“{text}”</Link>
    </p>
  );
}
