import { Time } from "../parts/time";
import { Link } from "../routing/link";
import { inPieces } from "./pieces";
import type { FoundItem } from "./use-found";

/** A message that was found, with what was asked for marked. */
export function Found({ item }: { item: FoundItem }) {
  const { taskId, title, messageId, role, createdAt, snippet } = item;
  return (
    <li class="stack tight">
      <div class="row spread">
        <Link to={{ at: "task", taskId, view: "conversation", message: messageId }}>{title}</Link>
        <span class="quiet">
          {role} · <Time at={createdAt} />
        </span>
      </div>
      <p class="snippet">
        {snippet.start > 0 && "…"}
        {inPieces(snippet).map(({ key, text, isHit }) =>
          isHit ? <mark key={key}>{text}</mark> : text,
        )}
      </p>
    </li>
  );
}
