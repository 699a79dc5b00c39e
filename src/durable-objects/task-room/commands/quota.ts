import type { Room } from "../../../engine/turn/room";
import { describeError, logError } from "../../../platform/platform-log";
import { type Outcome, type Refusal, refuse, refused } from "../../../protocol/errors";
import type { Principal } from "../../../protocol/identity";
import { limitsOf, type UsageLimits } from "../../../protocol/rooms/metering";
import type { Doors } from "../doors";

const UNAVAILABLE = refuse("unavailable", "Your usage cannot be checked right now; try again.");

type Asked = Pick<Principal, "userId"> & {
  doors: Doors;
  requestId?: string | undefined;
  taskId: string;
  turnId?: string | undefined;
  limits: UsageLimits;
};

/** Whether the meter was waited for: what was looked at before it may be another by now. */
export type Asking = { afterAwait: boolean };

type Options<T> = {
  /** False for one that was counted before. */
  newTurn?: boolean;
  taskId?: string;
  /** Of a turn that is there already. */
  turnId?: string | undefined;
  /** Whether what was done has made a turn. */
  isTurn?: (value: T) => boolean;
};

/**
 * Asks the caller's meter before `act` puts a turn into the queue. Where no limit is set nothing is
 * asked, and `act` runs at once.
 */
export function withinQuota<T extends object>(
  { doors, room }: { doors: Doors; readonly room: Room | undefined },
  { userId, requestId }: Principal,
  act: (asking: Asking) => Outcome<T>,
  { newTurn = true, taskId = room?.state.task.id ?? "", turnId, isTurn }: Options<T> = {},
): Outcome<T> | Promise<Outcome<T>> {
  const { turnsPerDay, tokensPerDay } = limitsOf(doors.settings);
  const limits = { turnsPerDay: newTurn ? turnsPerDay : 0, tokensPerDay };
  const isLimited = limits.turnsPerDay > 0 || limits.tokensPerDay > 0;
  const asked = { doors, userId, requestId, taskId, turnId, limits };
  return isLimited ? actIfAdmitted(asked, act, isTurn) : act({ afterAwait: false });
}

async function actIfAdmitted<T extends object>(
  asked: Asked,
  act: (asking: Asking) => Outcome<T>,
  isTurn = (value: T) => !("duplicate" in value && value.duplicate),
): Promise<Outcome<T>> {
  const refusal = await refusalOf(asked);
  if (refusal) return refused(refusal);
  const outcome = act({ afterAwait: true });
  const isNew = outcome.ok && isTurn(outcome.value);
  // What is not given back counts for a minute.
  if (!isNew)
    asked.doors
      .meter(asked.userId)
      .release(asked.taskId)
      .catch(() => undefined);
  return outcome;
}

/**
 * Asks the meter of whoever gave the guidance that a turn is made of, which is about to begin. Null
 * where it may; rejects where the meter cannot be asked.
 */
export async function refusalAtBegin(
  doors: Doors,
  turn: { taskId: string; turnId: string; userId: string },
): Promise<Refusal | null> {
  const limits = limitsOf(doors.settings);
  if (limits.turnsPerDay === 0 && limits.tokensPerDay === 0) return null;
  return ask({ doors, ...turn, limits });
}

async function refusalOf(asked: Asked): Promise<Refusal | null> {
  try {
    return await ask(asked);
  } catch (error) {
    const { requestId, taskId } = asked;
    logError("meter_failed", { requestId, taskId, causes: describeError(error) });
    return UNAVAILABLE;
  }
}

function ask({ doors, userId, taskId, turnId, limits }: Asked): Promise<Refusal | null> {
  const turn = { taskId, ...(turnId !== undefined && { turnId }) };
  return doors.meter(userId).admit({ ...turn, limits, now: doors.now() });
}
