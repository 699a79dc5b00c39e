import { type Agent, AnotherFollows } from "../agent";
import type { Doors } from "../doors";
import { Attempt } from "./attempt";
import type { A2aRuntime } from "./calling";
import { failureOf } from "./fault";

/**
 * Has an agent of the user's do a step, over A2A. The agent works whether anybody listens or not: where a
 * connection breaks, or the attempt, what follows goes on with the same task; where nobody wants it any more,
 * the agent is told.
 */
export function a2aAgent(runtime: A2aRuntime, doors: Doors): Agent {
  return async (request, voice, signal) => {
    const attempt = new Attempt({ runtime, doors, request, voice });
    const over = new AbortController();
    const stop = () => {
      if (signal.reason instanceof AnotherFollows) over.abort();
      else doors.hold?.(attempt.leave().finally(() => over.abort()));
    };
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await attempt.end(over.signal);
    } catch (error) {
      return failureOf(error, attempt.hasAnswered);
    } finally {
      signal.removeEventListener("abort", stop);
      over.abort();
    }
  };
}
