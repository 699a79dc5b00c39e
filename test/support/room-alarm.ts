import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { clock, control } from "../worker/control";

export function roomOf(taskId: string) {
  return env.TASK_ROOM.getByName(taskId);
}

/** For when a room's alarm is set; milliseconds since 1970, on the clock that tests move. */
export function nextAlarm(taskId: string): Promise<number | null> {
  return runInDurableObject(roomOf(taskId), (_, state) => state.storage.getAlarm());
}

/** Moves the clock to a time, never back. */
export function clockTo(time: number): void {
  control.clockAheadMs += Math.max(0, time - clock());
}

/** Moves the clock to the room's next alarm and lets it come; tells when that was. */
export async function ring(taskId: string): Promise<number> {
  const due = await nextAlarm(taskId);
  if (due === null) throw new Error("no alarm is set");
  clockTo(due);
  await runDurableObjectAlarm(roomOf(taskId));
  return due;
}

/** Lets the clock go on to a time, with every alarm that is due until then; tells how many came. */
export async function passTo(taskId: string, time: number): Promise<number> {
  for (let rung = 0; ; rung++) {
    const due = await nextAlarm(taskId);
    if (due === null || due > time) {
      clockTo(time);
      return rung;
    }
    await ring(taskId);
  }
}
