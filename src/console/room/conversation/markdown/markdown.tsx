import { useLayoutEffect, useRef } from "preact/hooks";
import { MarkdownPlace } from "./markdown-place";

type Props = { text: string; isWriting?: boolean };

/** A text as its Markdown says, made safe. Preact keeps the box, `MarkdownPlace` what is in it. */
export function Markdown({ text, isWriting = false }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const place = useRef<MarkdownPlace>(undefined);
  useLayoutEffect(() => {
    if (!box.current) return;
    place.current ??= new MarkdownPlace(box.current);
    place.current.show(text);
  }, [text]);
  return <div ref={box} class={isWriting ? "markdown writing" : "markdown"} />;
}
