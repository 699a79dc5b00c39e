/** How far a task has been heard of: `seq` counts within an epoch, whose order nobody knows. */
export type Version = { epoch: string; seq: number };

export function isLater(one: Version, other: Version): boolean {
  return one.epoch !== other.epoch || one.seq > other.seq;
}
