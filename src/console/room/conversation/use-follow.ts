import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Pixels from the end that still count as being there. */
const NEAR = 64;

/** Keeps the end in sight while what is said grows, unless its reader has scrolled away. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { follows: boolean; toEnd: () => void } {
  const [follows, setFollows] = useState(true);
  const wanted = useRef(true);
  const toEnd = useCallback(() => {
    wanted.current = true;
    setFollows(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (!outer || !inner) return;
    let lastTop = outer.scrollTop;
    const onScroll = () => {
      const atEnd = outer.scrollHeight - outer.scrollTop - outer.clientHeight < NEAR;
      // Growth alone moves nobody away from the end; only scrolling up does.
      if (atEnd) wanted.current = true;
      else if (outer.scrollTop < lastTop) wanted.current = false;
      lastTop = outer.scrollTop;
      setFollows(wanted.current);
    };
    const onResize = new ResizeObserver(() => {
      if (wanted.current) outer.scrollTop = outer.scrollHeight;
    });
    outer.addEventListener("scroll", onScroll, { passive: true });
    for (const part of [outer, inner]) onResize.observe(part);
    return () => {
      outer.removeEventListener("scroll", onScroll);
      onResize.disconnect();
    };
  }, [scroller, content]);
  return { follows, toEnd };
}
