import type { ComponentChild } from "preact";
import { Markdown } from "../markdown/markdown";
import { partsOf, type ShownUse } from "./shown-use";

type Props = {
  text: string;
  uses: readonly ShownUse[];
  isWriting?: boolean;
  /** Those that were made at one place of the text. */
  cards: (uses: readonly ShownUse[]) => ComponentChild;
};

/** An answer's text, with the uses of tools where they were made. */
export function Told({ text, uses, isWriting = false, cards }: Props) {
  const parts = partsOf(text, uses);
  return (
    <>
      {parts.map(({ key, text: said, uses: made }) => (
        <div key={key}>
          {said !== "" && (
            <Markdown text={said} isWriting={isWriting && key === parts.length - 1} />
          )}
          {made.length > 0 && cards(made)}
        </div>
      ))}
    </>
  );
}
