import type { Change } from "../../../engine/turn/draft";
import type { MetricsFeed } from "../../metrics-feed";
import { changeMetrics } from "./change-metrics";

/** Counts what a commit adds. It is told when a turn has ended; what comes before can wait for that. */
export function countChange(metrics: MetricsFeed, change: Change): void {
  const observations = changeMetrics(change);
  if (change.closed.length > 0) metrics.tell(observations);
  else metrics.note(observations);
}
