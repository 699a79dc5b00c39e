import { setTimeout as wait } from "node:timers/promises";

/** Waits for a condition, not for a time; says what did not come about by the deadline. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 60_000,
): Promise<NonNullable<T>> {
  const deadline = Date.now() + deadlineMs;
  for (let isLate = false; ; ) {
    const value = await condition();
    if (value) return value;
    if (isLate) throw new Error(`Not within ${deadlineMs} ms: ${what}`);
    // Once more after the deadline: this process may have stood still, and what has happened meanwhile
    // is heard of only now.
    isLate = Date.now() > deadline;
    await wait(25);
  }
}
