/** Bounds of the rules themselves (contract sections 5 and 8). */
export const RULES = {
  /** New attempts that restarts of the runtime may cost one turn, outside its retry budget. */
  restartsPerTurn: 3,
  rollbacksPerTurn: 2,
  /** Calls of a model in one attempt that may end in calls of tools, where the team does not say. */
  rounds: 16,
  /** Milliseconds between looks at whether the active turn still has a runner. */
  checkEveryMs: 15_000,
} as const;
