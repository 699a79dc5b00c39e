import { inTime } from "../../platform/in-time";
import { describeError, logWarning } from "../../platform/platform-log";
import { Remembered } from "../../platform/remembered";
import { openDatabase } from "../database";
import { historyUsers } from "../schema";

const PATIENCE_MS = 2000;
/** Users of whom this isolate knows that they are written down, and for how many milliseconds it relies on it. */
const noted = new Remembered(10_000);
const NOTED_MS = 60 * 60_000;

/**
 * Writes down in the control database who has made a task. Best effort, and repeated with each further task:
 * it never rejects, and no task waits for a database that is down.
 */
export async function noteUser(control: D1Database, userId: string, now: number): Promise<void> {
  if (noted.has(userId, now)) return;
  try {
    await inTime(PATIENCE_MS, async () => {
      await openDatabase(control).insert(historyUsers).values({ id: userId }).onConflictDoNothing();
    });
    noted.add(userId, now + NOTED_MS);
  } catch (error) {
    logWarning("history_user_not_noted", { causes: describeError(error) });
  }
}
