import type { Settings } from "../../platform/settings";
import type { MetricsFeed } from "../metrics-feed";
import type { Deadlines } from "./deadlines";
import type { TaskRooms } from "./task-rooms";

/** Places at which a test build may stop the runtime dead. */
export type UserFaultPoint =
  | "before revoking"
  | "key revoked"
  | "key dropped"
  | "room told of a key"
  | "task claimed"
  | "task made"
  | "file reserved"
  | "file finished"
  | "files claimed at home"
  | "files let go"
  | "before hearing"
  | "after hearing"
  | "webhook started"
  | "webhook answered"
  | "webhook noted";

/** What the rules of sessions and keys are carried out with. */
export type Surroundings = {
  storage: DurableObjectStorage;
  /** Milliseconds since 1970. */
  now: () => number;
  /** From 0 to 1. */
  random: () => number;
  rooms: TaskRooms;
  deadlines: Deadlines;
  metrics: MetricsFeed;
  fault: (point: UserFaultPoint) => void;
  /** Keeps the object alive while the promise is pending. */
  hold: (work: Promise<unknown>) => void;
  limits: Pick<Settings, "SESSION_IDLE_MS" | "SESSIONS_PER_USER">;
};
