/** Bounds of the rules themselves (contract section 5). */
export const RULES = {
  /** Milliseconds between looks at whether the active turn still has a runner. */
  checkEveryMs: 15_000,
} as const;
