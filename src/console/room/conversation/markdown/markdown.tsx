import { useMemo, useRef } from "preact/hooks";
import { memo } from "../../../state/memo";
import { GroupView } from "./block-view";
import { blocksOf, groupsOf } from "./blocks";
import { GrowingText } from "./growing-text";
import { tokensOf } from "./lexer";

type Props = { text: string; isWriting?: boolean };

/** A text as its Markdown says. */
export const Markdown = memo(({ text, isWriting = false }: Props) =>
  isWriting ? <Written text={text} /> : <Whole text={text} />,
);

function Whole({ text }: { text: string }) {
  const groups = useMemo(() => groupsOf(blocksOf(tokensOf(text))), [text]);
  return (
    <div class="markdown">
      {groups.map((group) => (
        <GroupView key={group.key} group={group} />
      ))}
    </div>
  );
}

/** A text that goes on: only its end is read and drawn again. */
function Written({ text }: { text: string }) {
  const growing = useRef<GrowingText>(undefined);
  growing.current ??= new GrowingText();
  const { groups, unread } = growing.current.show(text);
  return (
    <div class="markdown writing">
      {groups.map((group) => (
        <GroupView key={group.key} group={group} />
      ))}
      {unread !== "" && (
        <p key="unread" class="prewrap" dir="auto">
          {unread}
        </p>
      )}
    </div>
  );
}
