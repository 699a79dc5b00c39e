import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Given, givenBy, hasFiles } from "./given";

/** Files that are dropped anywhere on a place; whether some are held over it. */
export function useDrop(
  place: RefObject<HTMLElement | null>,
  onGiven: (given: Given) => void,
): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onGiven);
  latest.current = onGiven;
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const over = (event: DragEvent) => {
      if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      const { relatedTarget } = event;
      if (!(relatedTarget instanceof Node && current.contains(relatedTarget))) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      setIsOver(false);
      if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      latest.current(givenBy(event.dataTransfer));
    };
    current.addEventListener("dragover", over);
    current.addEventListener("dragleave", leave);
    current.addEventListener("drop", drop);
    return () => {
      current.removeEventListener("dragover", over);
      current.removeEventListener("dragleave", leave);
      current.removeEventListener("drop", drop);
    };
  }, [place]);
  return isOver;
}

/** Keeps the browser from opening a file in the page's place where it misses every zone. */
export function keepFilesOut(page: Window): void {
  const refuse = (event: DragEvent) => {
    const { dataTransfer, defaultPrevented } = event;
    if (defaultPrevented || !dataTransfer || !hasFiles(dataTransfer)) return;
    event.preventDefault();
    dataTransfer.dropEffect = "none";
  };
  page.addEventListener("dragover", refuse);
  page.addEventListener("drop", refuse);
}
