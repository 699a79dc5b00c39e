import type { Doors } from "../../src/durable-objects/task-room/doors";
import { TaskRoom as ProductionTaskRoom } from "../../src/durable-objects/task-room/task-room";
import { breakableD1 } from "./breakable-d1";
import { breakableMeter } from "./breakable-meter";
import { control, freezeAt } from "./control";
import { countedStorage } from "./counted-storage";

/** The room with its doors in a test's hands. */
export class TaskRoom extends ProductionTaskRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const id = ctx.id.toString();
    control.constructed.set(id, (control.constructed.get(id) ?? 0) + 1);
  }

  protected override doors(ctx: DurableObjectState, env: Env): Doors {
    const doors = super.doors(ctx, env);
    return {
      ...doors,
      settings: { ...doors.settings, ...control.settings },
      now: () => Date.now() + control.clockAheadMs,
      db: breakableD1(env.DB),
      storage: countedStorage(ctx.storage),
      fault: freezeAt,
      tellUser: async (userId, news) => {
        if (control.users === "down") throw new Error("the user's room is down");
        await doors.tellUser(userId, news);
        if (control.users === "answers are lost") throw new Error("the answer is lost");
      },
      tellMetrics: async (tally) => {
        if (control.metrics === "down") {
          control.metricsLost++;
          throw new Error("the shard is down");
        }
        await doors.tellMetrics(tally);
      },
      meter: (userId) => breakableMeter(doors.meter(userId)),
      carryOut: (request, signal) => (control.model ?? doors.carryOut)(request, signal),
    };
  }
}
