import type { Doors } from "../../src/durable-objects/task-room/doors";
import { TaskRoom as ProductionTaskRoom } from "../../src/durable-objects/task-room/task-room";
import { UserRoom as ProductionUserRoom } from "../../src/durable-objects/user-room/user-room";
import worker from "../../src/worker/index";
import { countStorage, counts, note } from "./counts";
import { fillD1, fillRoom } from "./fill";

export { MetricsShard } from "../../src/durable-objects/metrics-shard/metrics-shard";
export { UsageMeter } from "../../src/durable-objects/usage-meter/usage-meter";

/** The service as it is, with its storage, D1, alarms and requests counted. */
export class TaskRoom extends ProductionTaskRoom {
  protected override doors(ctx: DurableObjectState, env: Env): Doors {
    countStorage(ctx.storage, "room");
    const doors = super.doors(ctx, { ...env, DB: countedD1(env.DB) });
    return {
      ...doors,
      tellUser: (userId, news) => {
        note("calls");
        return doors.tellUser(userId, news);
      },
    };
  }

  override webSocketMessage(ws: WebSocket, frame: string | ArrayBuffer): void {
    note("frames");
    super.webSocketMessage(ws, frame);
  }

  override alarm(): Promise<void> {
    note("alarms");
    return super.alarm();
  }

  fill(taskId: string, messages: number): void {
    fillRoom(this.ctx.storage.sql, taskId, messages);
  }
}

export class UserRoom extends ProductionUserRoom {
  constructor(ctx: DurableObjectState, env: Env) {
    countStorage(ctx.storage, "user");
    super(ctx, env);
  }
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/counts") return Response.json(counts());
    if (pathname !== "/fill") return worker.fetch(request, env, ctx);
    const task = searchParams.get("task") ?? "";
    const messages = Number(searchParams.get("messages"));
    await fillD1(env.DB, task, messages);
    await (env.TASK_ROOM.getByName(task) as unknown as TaskRoom).fill(task, messages);
    return Response.json({});
  },
} satisfies ExportedHandler<Env>;

function countedD1(db: D1Database): D1Database {
  return new Proxy(db, {
    get(target, property) {
      if (property === "batch") {
        return (statements: D1PreparedStatement[]) => countedBatch(target, statements);
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function countedBatch(db: D1Database, statements: D1PreparedStatement[]) {
  const results = await db.batch(statements);
  note("d1Batches");
  note("d1Statements", statements.length);
  for (const { meta } of results) {
    note("d1RowsRead", meta.rows_read);
    note("d1RowsWritten", meta.rows_written);
  }
  return results;
}
