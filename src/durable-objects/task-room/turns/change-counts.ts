import type { Change } from "../../../engine/turn/draft";
import type { MetricsFeed } from "../../metrics-feed";
import { changeMetrics } from "./change-metrics";

/**
 * Counts what a commit adds. It is told when a turn has ended, and how many are open when that has
 * changed; what else comes before can wait for that.
 */
export function countChange(metrics: MetricsFeed, change: Change): void {
  const observations = changeMetrics(change);
  if (change.closed.length > 0) {
    metrics.tell(observations);
    return;
  }
  metrics.note(observations);
  if (change.events.some(({ type }) => type === "turn:status")) metrics.tellLevels();
}
