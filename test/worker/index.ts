import { trials } from "../../src/agents/trial/trials";
import { appWith } from "../../src/worker/app";
import worker from "../../src/worker/index";
import { withBreakableBucket } from "./breakable-bucket";
import { breakableDatabases } from "./breakable-d1";
import { checkSockets } from "./checked-object";
import { gatedRooms } from "./gates";
import { countedEnv } from "./hops";
import { turnKnob } from "./knobs";
import { TaskRoom } from "./task-room";

export { UsageMeter } from "../../src/durable-objects/usage-meter/usage-meter";
export { MetricsShard } from "./metrics-shard";
export { UserRoom } from "./user-room";
export { TaskRoom };

checkSockets();

/** Whatever agent a test puts behind this name in its rooms. */
const app = appWith(["own"], undefined, trials);

/** The service as it is, and `/test/*` for a test that runs in another process. */
export default {
  ...worker,
  fetch(request, env, ctx) {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/test/")) return turnKnob(url, env);
    const counted = withBreakableBucket(breakableDatabases(countedEnv(env)));
    const rooms = { TASK_ROOM: gatedRooms(counted.TASK_ROOM, "room") };
    const homes = { USER_ROOM: gatedRooms(counted.USER_ROOM, "home") };
    return app.fetch(request, { ...counted, ...rooms, ...homes }, ctx);
  },
} satisfies ExportedHandler<Env>;
