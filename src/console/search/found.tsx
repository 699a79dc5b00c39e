import { Time } from "../parts/time";
import { Link } from "../routing/link";
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

type Piece = { key: number; text: string; isHit: boolean };

/** A text in pieces: what was asked for, and what stands between. */
export function inPieces({ text, hits }: Pick<FoundItem["snippet"], "text" | "hits">): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end } of hits) {
    if (start < from || end <= start) continue;
    if (start > from) pieces.push({ key: from, text: text.slice(from, start), isHit: false });
    pieces.push({ key: start, text: text.slice(start, end), isHit: true });
    from = end;
  }
  if (from < text.length) pieces.push({ key: from, text: text.slice(from), isHit: false });
  return pieces;
}
