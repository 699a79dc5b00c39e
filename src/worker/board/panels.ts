import { databaseIn } from "../../platform/levels";
import type { BoardLine, PanelId, Unit } from "../../protocol/operator/board";
import {
  counts,
  type Lines,
  levelLine,
  levelsNow,
  ninetyFifths,
  quantiles,
  together,
} from "./lines";
import type { Timeline } from "./timeline";

type Panel = { id: PanelId; unit: Unit; lines: Lines };

/** Every panel, in the order in which they are shown. */
export const PANELS: readonly Panel[] = [
  { id: "turns", unit: "count", lines: counts("taskroom_turns_total") },
  { id: "failures", unit: "count", lines: counts("taskroom_turn_failures_total", { some: true }) },
  { id: "refusals", unit: "count", lines: counts("taskroom_model_refusals_total", { some: true }) },
  { id: "retries", unit: "count", lines: counts("taskroom_retries_total", { some: true }) },
  { id: "firstToken", unit: "seconds", lines: quantiles("taskroom_time_to_first_token_seconds") },
  {
    id: "turnDuration",
    unit: "seconds",
    lines: quantiles("taskroom_turn_duration_seconds", 'status="COMPLETED"'),
  },
  { id: "queue", unit: "count", lines: levelsNow("taskroom_turns_open") },
  { id: "queueWait", unit: "seconds", lines: quantiles("taskroom_queue_wait_seconds") },
  { id: "tokens", unit: "tokens", lines: counts("taskroom_tokens_total") },
  { id: "cost", unit: "money", lines: counts("taskroom_cost_total", { some: true }) },
  { id: "sessions", unit: "count", lines: counts("taskroom_sessions_total") },
  {
    id: "connections",
    unit: "count",
    lines: together(
      levelsNow("taskroom_connections_open"),
      levelsNow("taskroom_sessions_connected", { nameless: "sessions" }),
    ),
  },
  { id: "outboxLag", unit: "seconds", lines: ninetyFifths("taskroom_outbox_lag_seconds") },
  { id: "outboxFailures", unit: "count", lines: counts("taskroom_outbox_failures_total") },
  { id: "outboxesFailing", unit: "count", lines: levelsNow("taskroom_outboxes_failing") },
  { id: "alarmLateness", unit: "seconds", lines: ninetyFifths("taskroom_alarm_lateness_seconds") },
  {
    id: "overdue",
    unit: "count",
    lines: counts("taskroom_overdue_rooms_total", { nameless: "rooms" }),
  },
  { id: "databases", unit: "share", lines: databases },
];

/** How full each database is that was measured in the window. */
function databases(timeline: Timeline): BoardLine[] {
  const keys = new Set(timeline.parts.flatMap(({ levels }) => Object.keys(levels)));
  const lines = [...keys].flatMap((key) => {
    const name = databaseIn(key);
    return name === undefined ? [] : [levelLine(timeline, name, (levels) => levels[key] ?? null)];
  });
  return lines.sort((a, b) => a.name.localeCompare(b.name));
}
