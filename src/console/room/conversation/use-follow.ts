import type { RefObject } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

/** Pixels from the end that still count as being there. */
const NEAR = 64;

/** After this the place that somebody was brought to is laid out. */
const SETTLED_MS = 200;

/** Keeps the end in sight while what is said grows, unless its reader has scrolled away. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
): { follows: boolean; toEnd: () => void; leaveEnd: () => void } {
  const [follows, setFollows] = useState(true);
  const wanted = useRef(true);
  const toEnd = useCallback(() => {
    wanted.current = true;
    setFollows(true);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [scroller]);

  const leaveEnd = useCallback(() => {
    wanted.current = false;
    setTimeout(() => {
      if (!scroller.current) return;
      wanted.current ||= isAtEnd(scroller.current);
      setFollows(wanted.current);
    }, SETTLED_MS);
  }, [scroller]);

  useEffect(() => {
    const [outer, inner] = [scroller.current, content.current];
    if (!outer || !inner) return;
    let lastTop = outer.scrollTop;
    const onScroll = () => {
      // Growth alone moves nobody away from the end; only scrolling up does.
      if (isAtEnd(outer)) wanted.current = true;
      else if (outer.scrollTop < lastTop) wanted.current = false;
      lastTop = outer.scrollTop;
      setFollows(wanted.current);
    };
    const onResize = new ResizeObserver(() => {
      // What has shrunk to its end has been read to its end.
      if (isAtEnd(outer)) wanted.current = true;
      setFollows(wanted.current);
      if (wanted.current) outer.scrollTop = outer.scrollHeight;
    });
    outer.addEventListener("scroll", onScroll, { passive: true });
    for (const part of [outer, inner]) onResize.observe(part);
    return () => {
      outer.removeEventListener("scroll", onScroll);
      onResize.disconnect();
    };
  }, [scroller, content]);
  return { follows, toEnd, leaveEnd };
}

function isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
  return scrollHeight - scrollTop - clientHeight < NEAR;
}
