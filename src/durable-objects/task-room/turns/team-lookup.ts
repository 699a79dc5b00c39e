import type { Room } from "../../../engine/turn/room";
import { inTime, NoAnswerInTime } from "../../../platform/in-time";
import type { Outcome } from "../../../protocol/errors";
import type { TeamPlan } from "../../../resources/team-plan";
import type { Doors } from "../doors";
import { planFor } from "./plan";

/** Milliseconds that a turn waits for D1 before it begins with the team that the room knows. */
const PATIENCE_MS = 1500;
/** How long turns don't wait at all after D1 was too slow: the chat keeps its own speed. */
const LEFT_ALONE_MS = 30_000;

/** The team for a room's next turn: as it is now, or as it was where D1 does not say in time. */
export class TeamLookup {
  readonly #doors: Doors;
  #leftAloneUntil = 0;

  constructor(doors: Doors) {
    this.#doors = doors;
  }

  async plan(room: Room): Promise<Outcome<TeamPlan> | undefined> {
    const { teamRef, createdBy } = room.state.task;
    if (this.#doors.now() < this.#leftAloneUntil) return known(room);
    try {
      return await inTime(PATIENCE_MS, () => planFor(this.#doors, teamRef, createdBy));
    } catch (error) {
      if (error instanceof NoAnswerInTime) {
        this.#leftAloneUntil = this.#doors.now() + LEFT_ALONE_MS;
      }
      return known(room);
    }
  }
}

function known({ plans, planId }: Room): Outcome<TeamPlan> | undefined {
  const plan = plans[planId];
  return plan && { ok: true, value: plan };
}
