import worker from "../../src/worker/index";
import { breakableD1 } from "./breakable-d1";
import { checkSockets } from "./checked-object";
import { ALARM_MODES, control, D1_MODES } from "./control";
import { TaskRoom } from "./task-room";

export { UsageMeter } from "../../src/durable-objects/usage-meter/usage-meter";
export { MetricsShard } from "./metrics-shard";
export { UserRoom } from "./user-room";
export { TaskRoom };

checkSockets();

/** The service as it is, and `/test/*` for a test that runs in another process. */
export default {
  ...worker,
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/test/")) return turnKnob(url, env);
    return worker.fetch(request, { ...env, DB: breakableD1(env.DB) }, ctx);
  },
} satisfies ExportedHandler<Env>;

async function turnKnob({ pathname, searchParams }: URL, env: Env): Promise<Response> {
  const value = (name: string) => searchParams.get(name) ?? "";
  switch (pathname) {
    case "/test/constructed": {
      const id = env.TASK_ROOM.idFromName(value("task")).toString();
      return Response.json({ constructed: control.constructed.get(id) ?? 0 });
    }
    case "/test/history": {
      // The binding knows the production class; here the room is ours.
      const rooms = env.TASK_ROOM as unknown as DurableObjectNamespace<TaskRoom>;
      await rooms.getByName(value("task")).fill(Number(value("messages")));
      return Response.json({});
    }
    case "/test/fault":
      control.fault = { point: value("point"), nth: Number(value("nth") || 1) };
      return Response.json({});
    case "/test/clock":
      control.clockAheadMs = Number(value("ahead"));
      return Response.json({});
    case "/test/d1":
      control.d1 = D1_MODES.find((mode) => mode === value("is")) ?? "up";
      control.d1SlowMs = Number(value("ms") || control.d1SlowMs);
      return Response.json({});
    case "/test/alarms":
      control.alarms = ALARM_MODES.find((mode) => mode === value("are")) ?? "as set";
      return Response.json({});
    default:
      return new Response(null, { status: 404 });
  }
}
