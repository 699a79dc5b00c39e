import type { Tokens } from "marked";
import { useEffect, useState } from "preact/hooks";
import { CopyButton } from "../../../parts/copy-button";
import { memo } from "../../../state/memo";
import type { KnownToken } from "./lexer";

/** UTF-16 units up to which code is coloured: what is longer would hold the page up. */
const MOST_COLOURED = 60_000;

type Props = { head: Tokens.Code; parts: readonly KnownToken[]; isOpen: boolean };

/** Code with its language and a way to take it along; coloured once it is whole. */
export function CodeBlock({ head, parts, isOpen }: Props) {
  const texts = parts.flatMap((part) => (part.type === "code" ? [withoutLastEnd(part.text)] : []));
  const language = /^\S+/.exec(head.lang ?? "")?.[0];
  const code = texts.join("\n");
  const coloured = useColoured(code, isOpen ? undefined : language);
  return (
    <div class="code-block" dir="ltr">
      <div class="row spread code-head">
        <span class="quiet">{language ?? "text"}</span>
        <CopyButton text={code} label="Copy the code" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must scroll by keyboard too */}
      <pre tabIndex={0}>
        {coloured ? (
          <code key="coloured" ref={(place) => place?.replaceChildren(coloured)} />
        ) : (
          <code key="plain">
            {texts.map((text, i) => (
              <Lines key={i} text={text} />
            ))}
          </code>
        )}
      </pre>
    </div>
  );
}

/** Laid out by itself, so that what is added behind it does not lay it out again. */
const Lines = memo(({ text }: { text: string }) => (
  <span class="lines">{text === "" ? "\n" : text}</span>
));

function withoutLastEnd(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

/** What colours code is loaded when there is some. */
function useColoured(code: string, language: string | undefined): DocumentFragment | undefined {
  const [coloured, setColoured] = useState<{ code: string; fragment: DocumentFragment }>();
  useEffect(() => {
    if (language === undefined || code.length > MOST_COLOURED) return;
    let isWanted = true;
    import("./colouring").then(
      ({ colouredCode }) => {
        const fragment = isWanted && colouredCode(code, language);
        if (fragment) setColoured({ code, fragment });
      },
      // Without it the code is as readable as before.
      () => {},
    );
    return () => {
      isWanted = false;
    };
  }, [code, language]);
  return coloured?.code === code && language !== undefined ? coloured.fragment : undefined;
}
