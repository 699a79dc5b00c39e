import type { Levels } from "../../platform/levels";
import type { Recorded } from "../../platform/recorded";
import { BOARD_WINDOWS, type Board, type BoardWindow } from "../../protocol/operator/board";
import { toTimestamp } from "../../protocol/time";
import { PANELS } from "./panels";
import { timelineOf } from "./timeline";

type Asked = {
  /** Of the shards that answered. */
  answers: readonly Recorded[];
  /** How many did not. */
  missing: number;
  window: BoardWindow;
  /** Milliseconds since 1970. */
  now: number;
  /** Levels that are known better than the shards know them. */
  known?: Levels;
};

/** What the service has done over a window, from what its shards recorded. */
export function boardOf({ answers, missing, window, now, known }: Asked): Board {
  const { bucketMs, buckets } = BOARD_WINDOWS[window];
  const last = now - (now % bucketMs);
  const starts = Array.from({ length: buckets }, (_, i) => last - (buckets - 1 - i) * bucketMs);
  const timeline = timelineOf(answers, starts, known);
  return {
    window,
    bucketMs,
    times: starts.map(toTimestamp),
    shards: { asked: answers.length + missing, missing },
    panels: PANELS.map(({ id, unit, lines }) => ({ id, unit, lines: lines(timeline) })),
  };
}
