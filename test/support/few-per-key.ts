/**
 * A limiter that lets so many through for each key, and then none: the platform's windows begin with each minute
 * of the clock, which may come in the midst of a test.
 */
export function fewPerKey(most = 3): RateLimit {
  const counts = new Map<string, number>();
  return {
    limit: async ({ key }) => {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return { success: count <= most };
    },
  };
}
