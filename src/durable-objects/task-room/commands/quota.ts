import { describeError, logError } from "../../../platform/platform-log";
import { type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { limitsOf, type UsageLimits } from "../../../protocol/rooms/metering";
import type { Desk } from "../desk";
import type { Doors } from "../doors";

const UNAVAILABLE = refuse("unavailable", "Your usage cannot be checked right now; try again.");

type Asked = Pick<Principal, "userId" | "requestId"> & {
  doors: Doors;
  taskId: string;
  limits: UsageLimits;
};

/** Whether the meter was waited for: what was looked at before it may be another by now. */
export type Asking = { afterAwait: boolean };

/**
 * Asks the caller's meter before `act` puts a turn into the queue. Where no limit is set nothing is
 * asked, and `act` runs at once. `newTurn: false`: it is one that was counted before.
 */
export function withinQuota<T extends object>(
  { doors, room }: Pick<Desk, "doors" | "room">,
  { userId, requestId }: Principal,
  act: (asking: Asking) => Outcome<T>,
  { newTurn = true, taskId = room?.state.task.id ?? "" } = {},
): Outcome<T> | Promise<Outcome<T>> {
  const { turnsPerDay, tokensPerDay } = limitsOf(doors.settings);
  const limits = { turnsPerDay: newTurn ? turnsPerDay : 0, tokensPerDay };
  const isLimited = limits.turnsPerDay > 0 || limits.tokensPerDay > 0;
  return isLimited
    ? actIfAdmitted({ doors, userId, requestId, taskId, limits }, act)
    : act({ afterAwait: false });
}

async function actIfAdmitted<T extends object>(
  asked: Asked,
  act: (asking: Asking) => Outcome<T>,
): Promise<Outcome<T>> {
  const refusal = await refusalOf(asked);
  if (refusal) return refused(refusal);
  const outcome = act({ afterAwait: true });
  const isNew = outcome.ok && !("duplicate" in outcome.value && outcome.value.duplicate);
  // What is not given back counts for a minute.
  if (!isNew)
    asked.doors
      .meter(asked.userId)
      .release(asked.taskId)
      .catch(() => undefined);
  return outcome;
}

async function refusalOf({
  doors,
  userId,
  requestId,
  taskId,
  limits,
}: Asked): Promise<Refusal | null> {
  try {
    return await doors.meter(userId).admit({ taskId, limits, now: doors.now() });
  } catch (error) {
    logError("meter_failed", { requestId, taskId, causes: describeError(error) });
    return UNAVAILABLE;
  }
}
