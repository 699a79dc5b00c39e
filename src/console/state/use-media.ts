import { useEffect, useState } from "preact/hooks";

/** A phone, by its width or by its fingers: it has no Shift and no Esc to be told of. */
export const PHONE = "(max-width: 46rem), (pointer: coarse)";
/** Fingers alone: what is focused there brings a keyboard up, and Enter is the only way to a new line. */
export const FINGERS = "(hover: none) and (pointer: coarse)";

/** Whether a media query holds, as that changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const look = () => setHolds(list.matches);
    look();
    list.addEventListener("change", look);
    return () => list.removeEventListener("change", look);
  }, [query]);
  return holds;
}
