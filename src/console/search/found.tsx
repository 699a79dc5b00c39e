import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { inPieces } from "./pieces";
import type { FoundItem } from "./use-found";

const SAID_BY: Record<FoundItem["role"], string> = {
  user: "asked",
  assistant: "answered",
  system: "given",
};

/** A message that was found, with what was asked for marked. */
export function Found({ item }: { item: FoundItem }) {
  const { taskId, title, messageId, threadId, role, createdAt, snippet } = item;
  return (
    <li class="found-message">
      <div class="row spread">
        <Link to={{ at: "task", taskId, view: "conversation", message: messageId }}>{title}</Link>
        <span class="quiet">
          {threadId !== "main" && `${threadId} · `}
          {SAID_BY[role]} · <Time at={createdAt} />
        </span>
      </div>
      <p class="snippet" dir="auto">
        {snippet.start > 0 && "…"}
        {inPieces(snippet).map(({ key, text, isHit }) =>
          isHit ? <mark key={key}>{text}</mark> : text,
        )}
      </p>
    </li>
  );
}
