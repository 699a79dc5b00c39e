import { stepRequest } from "../../../engine/step/request";
import type { Room } from "../../../engine/turn/room";
import type { StepRequest } from "../../../resources/step";
import type { RoomStore } from "../store/room-store";
import { NOTHING } from "./background";

/**
 * The step of a turn whose agent may be at work while no attempt of it is, with what earlier ones have kept of that;
 * nothing where there is none. `isStopped`: the turn was not ended by the step.
 */
export function leftAtWork(
  { state, ...rest }: Room,
  { toolValues }: Pick<RoomStore, "toolValues">,
  { turnId, isStopped }: { turnId: string; isStopped: boolean },
): StepRequest | undefined {
  const turn = state.openTurns.find(({ id }) => id === turnId);
  const between = turn?.steps.find(
    // One that runs without an attempt was left by an object that died; one that fails has an end of its agent's.
    ({ status }) => status === "RETRYING" || (isStopped && status === "RUNNING"),
  );
  if (!between) return undefined;
  const { step, attempt } = between;
  const stream = state.streams.find((one) => one.turnId === turnId && one.step === step);
  if (!stream?.rounds) return undefined;
  const rounds = toolValues.whole({ turnId, step }, stream.rounds);
  return stepRequest({ state, ...rest }, { turnId, step, attempt }, { ...NOTHING, rounds });
}
