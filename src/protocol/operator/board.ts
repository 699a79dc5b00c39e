import * as z from "zod";
import { timestamp } from "../time";

const MINUTE_MS = 60_000;

/** Over how long the board looks back, and in how many parts; a part begins at a multiple of its length. */
export const BOARD_WINDOWS = {
  hour: { bucketMs: MINUTE_MS, buckets: 60 },
  day: { bucketMs: 15 * MINUTE_MS, buckets: 96 },
  week: { bucketMs: 60 * MINUTE_MS, buckets: 168 },
} as const;

export const boardWindow = z.enum(["hour", "day", "week"]);
export type BoardWindow = z.infer<typeof boardWindow>;

/** `GET /board`. */
export const readBoard = z.strictObject({ window: boardWindow.default("hour") });

/** What the board shows, each as lines over the same times. */
export const panelId = z.enum([
  ...(["turns", "failures", "refusals", "retries"] as const),
  ...(["firstToken", "turnDuration", "queue", "queueWait"] as const),
  ...(["tokens", "cost", "sessions", "connections"] as const),
  ...(["outboxLag", "outboxFailures", "outboxesFailing", "alarmLateness", "overdue"] as const),
  "databases",
]);
export type PanelId = z.infer<typeof panelId>;

/** `share`: of 1. `money`: in the currency that the line is named for. */
export const unit = z.enum(["count", "tokens", "seconds", "money", "share"]);
export type Unit = z.infer<typeof unit>;

export const boardLine = z.object({
  name: z.string(),
  /** One for each time; `null` where there was nothing to measure. */
  values: z.array(z.number().nullable()),
  /** Of the whole window: the sum of what is counted, a quantile over all of it, the last of what has a level. */
  whole: z.number().nullable(),
});
export type BoardLine = z.infer<typeof boardLine>;

export const boardPanel = z.object({ id: panelId, unit, lines: z.array(boardLine) });
export type BoardPanel = z.infer<typeof boardPanel>;

export const board = z.object({
  window: boardWindow,
  /** Milliseconds of one part. */
  bucketMs: z.int(),
  /** When each part began, the oldest first; the last one is not over. */
  times: z.array(timestamp),
  /** Where some are missing, what is counted is less than there was. */
  shards: z.object({ asked: z.int(), missing: z.int() }),
  panels: z.array(boardPanel),
});
export type Board = z.infer<typeof board>;
