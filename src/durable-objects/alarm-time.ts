/** The platform refuses alarms some time after this; what is due later is looked at again then. */
const LATEST = Date.UTC(2189, 0, 1);

/**
 * A time that `setAlarm` takes, for one that may be far, past or no number; milliseconds since 1970.
 * What is past rings at once; what is no number is never due.
 */
export function alarmTime(at: number): number {
  if (Number.isNaN(at)) return LATEST;
  return Math.min(Math.max(Math.ceil(at), 1), LATEST);
}

/** The earliest of these that is a number; nothing where there is none. */
export function earliest(times: readonly number[]): number | undefined {
  const known = times.filter((at) => !Number.isNaN(at));
  return known.length > 0 ? Math.min(...known) : undefined;
}
