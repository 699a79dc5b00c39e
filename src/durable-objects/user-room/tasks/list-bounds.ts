import type { Bound } from "../../../engine/user/mailbox-rules";

const MIB = 1024 * 1024;

/**
 * What a user's list holds of tasks that others made; past it the oldest leaves the list, and stays
 * what it is. One's own are bounded by how fast one may make them.
 */
export const LIST_BOUNDS = {
  /** Of all tasks that one other user made. */
  inviter: { rows: 10_000, bytes: 32 * MIB },
  /** Of all tasks that somebody else made. */
  invited: { rows: 50_000, bytes: 256 * MIB },
} as const satisfies Record<string, Bound>;

/** Bytes of one entry: the longest title, labels and metadata, and some room. */
export const ENTRY_BYTES = 128 * 1024;

/** Tasks that are gone and remembered, so that nothing late brings them back. */
export const GONE_KEPT = 20_000;
