/** A call that must not hold its caller up for ever. Rejects where no answer came in time. */
export async function inTime<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), patienceMs);
  try {
    return await Promise.race([ask(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
