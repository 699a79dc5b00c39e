import { useEffect, useState } from "preact/hooks";

/** UTF-16 units of a formula that is typeset. */
const MOST_TYPESET = 5000;

type Props = { text: string; isBlock: boolean };

/** A formula; what typesets it is loaded when there is one, and until then it is shown as it was written. */
export function Formula({ text, isBlock }: Props) {
  const [made, setMade] = useState<{ text: string; fragment: DocumentFragment }>();
  useEffect(() => {
    if (text.length > MOST_TYPESET) return;
    let isWanted = true;
    import("./typesetting").then(
      ({ typeset }) => {
        const fragment = isWanted && typeset(text, isBlock);
        if (fragment) setMade({ text, fragment });
      },
      // It can be read as it was written.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [text, isBlock]);
  const name = isBlock ? "formula block" : "formula";
  if (made?.text !== text) return <code class={name}>{text}</code>;
  return <span key="made" class={name} ref={(place) => place?.replaceChildren(made.fragment)} />;
}
