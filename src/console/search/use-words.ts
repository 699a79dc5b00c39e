import { useEffect, useState } from "preact/hooks";
import { isBlank } from "../../client";

const TYPING_MS = 300;

type Words = {
  typed: string;
  setTyped: (text: string) => void;
  /** What is searched for, once the typing pauses; empty where nothing is. */
  asked: string;
  /** Searches at once. */
  ask: () => void;
};

/** The words to find. The address has them too, so that one comes back to what was found. */
export function useWords(): Words {
  const [typed, setTyped] = useState(inAddress);
  const [asked, setAsked] = useState(typed);
  const words = isBlank(typed) ? "" : typed.trim();
  const ask = () => {
    setAsked(words);
    keepInAddress(words);
  };
  useEffect(() => {
    if (words === asked) return;
    const timer = setTimeout(ask, TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, asked]);
  return { typed, setTyped, asked, ask };
}

function inAddress(): string {
  return new URLSearchParams(location.search).get("q") ?? "";
}

function keepInAddress(words: string): void {
  const query = words === "" ? "" : `?${new URLSearchParams({ q: words })}`;
  history.replaceState(null, "", `${location.pathname}${query}`);
}
