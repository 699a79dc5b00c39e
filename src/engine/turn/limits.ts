/** Bounds of the rules themselves (contract section 5). */
export const RULES = {
  /** Calls of a model in one attempt that may end in calls of tools, where the team does not say. */
  rounds: 16,
  /** Milliseconds between looks at whether the active turn still has a runner. */
  checkEveryMs: 15_000,
} as const;
