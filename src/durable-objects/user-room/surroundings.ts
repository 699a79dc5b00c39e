import type { Settings } from "../../platform/settings";
import type { MetricsFeed } from "../metrics-feed";
import type { Deadlines } from "./deadlines";
import type { TaskRooms } from "./task-rooms";

/** Places at which a test build may stop the runtime dead. */
export type UserFaultPoint =
  | "before hearing"
  | "after hearing"
  | "webhook started"
  | "webhook answered"
  | "webhook noted";

/** What the session rules are given. */
export type Surroundings = {
  storage: DurableObjectStorage;
  /** Milliseconds since 1970. */
  now: () => number;
  rooms: TaskRooms;
  deadlines: Deadlines;
  metrics: MetricsFeed;
  limits: Pick<Settings, "SESSION_IDLE_MS" | "SESSIONS_PER_USER">;
};
