import type { Meter } from "../../src/durable-objects/usage-meter/api";
import { control } from "./control";
import { passGate } from "./gates";

/** A user's meter that cannot be reached, or whose answers get lost, where a test wants it. */
export function breakableMeter(userId: string, meter: Meter): Meter {
  return {
    count: (report) => through(() => meter.count(report)),
    admit: async (request) => {
      await passGate("admitting", userId);
      return through(() => meter.admit(request));
    },
    release: (taskId) => through(() => meter.release(taskId)),
    read: (now) => through(() => meter.read(now)),
  };
}

async function through<T>(call: () => Promise<T>): Promise<T> {
  if (control.meters === "down") throw new Error("the meter is down");
  const answer = await call();
  if (control.meters === "answers are lost") throw new Error("the answer is lost");
  return answer;
}
