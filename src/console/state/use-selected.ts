import { useEffect, useReducer, useRef } from "preact/hooks";

type Source<Snapshot> = {
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot;
};

/** A part of a connection's snapshot. Renders again only when that very part is another. */
export function useSelected<Snapshot, Part>(
  source: Source<Snapshot>,
  select: (snapshot: Snapshot) => Part,
): Part {
  const [, renderAgain] = useReducer((count: number) => count + 1, 0);
  const part = select(source.getSnapshot());
  const latest = useRef({ part, select });
  latest.current = { part, select };
  useEffect(() => {
    const look = () => {
      const { part: shown, select: current } = latest.current;
      if (!Object.is(shown, current(source.getSnapshot()))) renderAgain(undefined);
    };
    // What changed between this render and the subscription.
    look();
    return source.subscribe(look);
  }, [source]);
  return part;
}
