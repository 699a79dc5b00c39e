export class NoAnswerInTime extends Error {}

/** A call that must not hold its caller up for ever. Rejects with `NoAnswerInTime`. */
export async function inTime<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new NoAnswerInTime(`no answer within ${patienceMs} ms`)),
    patienceMs,
  );
  try {
    return await Promise.race([ask(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
