import { trials } from "../agents/trial/trials";
import { agents } from "../own/agents";
import { appWith } from "./app";
import { sweep } from "./sweep";

export { MetricsShard } from "../durable-objects/metrics-shard/metrics-shard";
export { TaskRoom } from "../durable-objects/task-room/task-room";
export { UsageMeter } from "../durable-objects/usage-meter/usage-meter";
export { UserRoom } from "../durable-objects/user-room/user-room";

const app = appWith(Object.keys(agents), undefined, trials);

export default {
  fetch: app.fetch,
  scheduled: (controller, env) => sweep(env, controller.scheduledTime),
} satisfies ExportedHandler<Env>;
