const MIB = 1024 * 1024;

/** Bytes of texts that a user's home has for searching; past them the oldest can't be found any more. */
export const TEXT_BOUNDS = {
  /** Of all tasks that one other user made. */
  inviter: 64 * MIB,
  /** Of all tasks that somebody else made. */
  others: 512 * MIB,
  /** Of all: with its index less than half of what an object may store. */
  all: 2048 * MIB,
} as const;
