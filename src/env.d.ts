import type { MetricsShard } from "./durable-objects/metrics-shard/metrics-shard";
import type { TaskRoom } from "./durable-objects/task-room/task-room";
import type { UserRoom } from "./durable-objects/user-room/user-room";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("./worker/index");
      durableNamespaces: "TaskRoom" | "UserRoom" | "MetricsShard";
    }
    /** Bindings of `wrangler.toml`; its `[vars]` are read through `src/platform/settings.ts` alone. */
    interface Env {
      DB: D1Database;
      /** Databases of histories: as many as `wrangler.toml` binds. */
      [history: `HISTORY_${number}`]: D1Database;
      ASSETS: Fetcher;
      /** The bytes of files; a deployment without a bucket keeps none. */
      FILES?: R2Bucket;
      TASK_ROOM: DurableObjectNamespace<TaskRoom>;
      USER_ROOM: DurableObjectNamespace<UserRoom>;
      METRICS_SHARD: DurableObjectNamespace<MetricsShard>;
      /** Its class is not of the platform's own kind, so it is called by `fetch` alone. */
      USAGE_METER: DurableObjectNamespace;
      RATE_LIMIT: RateLimit;
      INVITE_LIMIT: RateLimit;
      TASK_LIMIT: RateLimit;
      GRANT_LIMIT: RateLimit;
      ADDRESS_LIMIT: RateLimit;
      /** Only in the `workers-ai` environment. */
      AI?: Ai;
    }
  }
  type Env = Cloudflare.Env;
}
