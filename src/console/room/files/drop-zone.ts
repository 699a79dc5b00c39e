import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Files that are dropped anywhere on a place; whether some are held over it. */
export function useDrop(
  place: RefObject<HTMLElement | null>,
  onFiles: (files: Iterable<File>) => void,
): boolean {
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const { current } = place;
    if (!current) return;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      // Else the browser would open it in the page's place.
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => {
      const { relatedTarget } = event;
      if (!(relatedTarget instanceof Node && current.contains(relatedTarget))) setIsOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      latest.current(event.dataTransfer?.files ?? []);
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
