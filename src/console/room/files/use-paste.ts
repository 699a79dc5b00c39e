import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { areWords, type Given, givenBy, hasFiles } from "./given";

/** Files that are pasted into a form, or into nothing else: a page with nothing focused pastes there too. */
export function usePaste(
  form: RefObject<HTMLElement | null>,
  onGiven: (given: Given) => void,
): void {
  const latest = useRef(onGiven);
  latest.current = onGiven;
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const { clipboardData, target } = event;
      if (!clipboardData || !hasFiles(clipboardData) || areWords(clipboardData)) return;
      if (!(target instanceof Node) || isElsewhere(target, form.current)) return;
      event.preventDefault();
      latest.current(givenBy(clipboardData));
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, [form]);
}

function isElsewhere(target: Node, form: HTMLElement | null): boolean {
  if (form?.contains(target)) return false;
  const element = target instanceof Element ? target : target.parentElement;
  return element?.closest("input, textarea, select, dialog, [contenteditable]") != null;
}
