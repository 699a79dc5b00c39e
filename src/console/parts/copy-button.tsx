import { useEffect, useState } from "preact/hooks";
import { Button } from "./button";

const SAID_MS = 2000;

type Props = { text: string | (() => string); label?: string; kind?: "plain" | "quiet" };

/** Takes a text along, and says that it did. */
export function CopyButton({ text, label, kind = "quiet" }: Props) {
  const [said, setSaid] = useState<"Copied" | "Not copied">();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    const isCopied = await copied(typeof text === "string" ? text : text());
    setSaid(isCopied ? "Copied" : "Not copied");
  };
  return (
    <>
      <Button kind={kind} {...(label && { label })} onClick={copy}>
        {said ?? "Copy"}
      </Button>
      <span class="sr-only" role="status">
        {said}
      </span>
    </>
  );
}

/** Browsers may refuse it, and have no clipboard at all where the page came by plain HTTP. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
