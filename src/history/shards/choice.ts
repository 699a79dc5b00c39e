/** The share of a database from which on new tasks go elsewhere: what is left is for the tasks that it has. */
export const FULL_SHARE = 0.9;

/** What is known of a database when a place for a new task is looked for. */
export type Fill = {
  name: string;
  bytes: number;
  /** Whether it answered when it was last asked. */
  answers: boolean;
};

export function isFull(bytes: number, capacity: number): boolean {
  return bytes >= FULL_SHARE * capacity;
}

/**
 * The database of a new task: the one with the most room among those that answer and are not full; where
 * there is none, of those that are not full; where all are full, the least full, so that nothing is
 * refused that still has room. Those that are the same take turns by `random`, in [0, 1).
 */
export function chooseShard(
  fills: readonly Fill[],
  capacity: number,
  random: number,
): { name: string; allFull: boolean } | undefined {
  const open = fills.filter(({ bytes }) => !isFull(bytes, capacity));
  const among = [
    open.filter(({ answers }) => answers),
    open,
    fills.filter(({ answers }) => answers),
  ];
  const candidates = among.find(({ length }) => length > 0) ?? fills;
  const least = Math.min(...candidates.map(({ bytes }) => bytes));
  const best = candidates.filter(({ bytes }) => bytes === least);
  const chosen = best[Math.floor(random * best.length)];
  return chosen && { name: chosen.name, allFull: open.length === 0 };
}
