import type { Room } from "../../../engine/turn/room";
import type { Doors } from "../doors";
import type { RoomStore } from "../store/room-store";
import type { Stretch } from "./backlog";
import { usageOf } from "./turn-usage";

/** Tells the meters of those who asked for turns what these cost. */
export class UsageReports {
  readonly #doors: Doors;
  readonly #store: RoomStore;

  constructor(doors: Doors, store: RoomStore) {
    this.#doors = doors;
    this.#store = store;
  }

  /** Rejects where a meter could not be told; what others were told already they don't count again. */
  async tell({ state }: Room, { events }: Stretch): Promise<void> {
    const userOf = (turnId: string) => this.#store.turns.userOf(turnId);
    const { id: taskId, epoch } = state.task;
    await Promise.all(
      usageOf(events, userOf).map(({ userId, items }) =>
        this.#doors.meter(userId).count({ taskId, epoch, items }),
      ),
    );
  }
}
