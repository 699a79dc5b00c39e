import { errorCode, failureCode, failureReason } from "../protocol/errors";
import { currency } from "../protocol/operator/currency";
import { waitingFor } from "../protocol/turn";
import { joined, type Labels, seriesIn } from "./series-key";

/** What is counted, for whoever reads `/metrics`. Every label has a closed set of values. */
type Metric<L extends Labels> = { help: string; labels: L };
export type Counter<L extends Labels = Labels> = Metric<L> & { type: "counter" };
/** `buckets`: upper bounds, ascending, without the infinite one. */
export type Histogram<L extends Labels = Labels> = Metric<L> & {
  type: "histogram";
  buckets: readonly number[];
};

function counter<const L extends Labels>(help: string, labels: L): Counter<L> {
  return { type: "counter", help, labels };
}

function histogram<const L extends Labels>(
  help: string,
  labels: L,
  buckets: readonly number[],
): Histogram<L> {
  return { type: "histogram", help, labels, buckets };
}

/** Seconds. Work takes from a moment to the quarter of an hour that a long pipeline may. */
const WORK = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900];
/** Seconds. First tokens come within the 120 s that a model has for its first byte, unless it is set otherwise. */
const FIRST_TOKEN = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 120];
/** Seconds. What should be at once, and what an outage makes of it. */
const DELAY = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800];

const ENDED = ["COMPLETED", "FAILED", "INTERRUPTED"] as const;

/** Every metric, by the name under which it is shown. */
export const METRICS = {
  taskroom_turns_total: counter("Turns that ended.", { status: ENDED }),
  taskroom_turn_duration_seconds: histogram(
    "Time that a turn was at work, without waiting in the queue or for a person.",
    { status: ENDED },
    WORK,
  ),
  taskroom_phases_total: counter("Phases of pipelines that ended.", {
    status: [...ENDED, "SKIPPED"],
  }),
  taskroom_phase_duration_seconds: histogram(
    "Time from a phase's first attempt to its end.",
    { status: ENDED },
    WORK,
  ),
  taskroom_turn_failures_total: counter("Turns that failed, by why.", {
    code: failureCode.options,
  }),
  taskroom_turns_queued_total: counter("Turns that were put into a queue.", {}),
  taskroom_queue_wait_seconds: histogram(
    "Time from when a turn was first put into a queue to its begin.",
    {},
    WORK,
  ),
  taskroom_turn_waits_total: counter("Turns that began to wait for somebody, by what for.", {
    for: waitingFor.options,
  }),
  taskroom_model_refusals_total: counter(
    "Attempts that a provider refused and said why, by its reason.",
    { reason: failureReason.options },
  ),
  taskroom_retries_total: counter("Attempts that were followed by another, by why they failed.", {
    code: failureCode.options,
  }),
  taskroom_time_to_first_token_seconds: histogram(
    "Time from an attempt's start to the first text or reasoning of its model.",
    {},
    FIRST_TOKEN,
  ),
  taskroom_tokens_total: counter("Tokens, as providers counted them, of failed attempts too.", {
    direction: ["input", "output"],
  }),
  taskroom_cost_total: counter("What those tokens cost by the prices on their models.", {
    currency: currency.options,
  }),
  taskroom_tool_calls_total: counter("Tool calls that were answered.", {
    outcome: ["ok", "error"],
  }),
  taskroom_messages_total: counter("Messages that entered a task's history.", {
    role: ["user", "assistant"],
  }),
  taskroom_connections_opened_total: counter("Sockets that were opened.", {
    room: ["task", "stream", "user"],
  }),
  taskroom_connections_closed_total: counter("Sockets that were closed.", {
    room: ["task", "stream", "user"],
  }),
  taskroom_sessions_total: counter("What became of sessions.", {
    event: ["opened", "resumed", "expired", "revoked"],
  }),
  taskroom_refusals_total: counter("Commands and requests that were refused, by why.", {
    via: ["socket", "rest", "openai", "ai-sdk", "a2a", "mcp", "ag-ui", "streams"],
    code: errorCode.options,
  }),
  taskroom_outbox_lag_seconds: histogram(
    "Time from when a destination was to be told something to when it had it.",
    { destination: ["d1", "users", "meters"] },
    DELAY,
  ),
  taskroom_outbox_failures_total: counter("Batches that a destination did not take.", {
    destination: ["d1", "users", "meters"],
  }),
  taskroom_members_given_up_total: counter(
    "Batches of news that were given up for a member who could not be reached for 30 days.",
    {},
  ),
  taskroom_alarm_lateness_seconds: histogram(
    "Time from when an alarm was due to when it rang.",
    { room: ["task", "user"] },
    DELAY,
  ),
  taskroom_files_total: counter("Files that were stored, and that were let go of.", {
    event: ["stored", "removed"],
  }),
  taskroom_file_bytes_total: counter("Bytes of those files.", { event: ["stored", "removed"] }),
  taskroom_overdue_rooms_total: counter(
    "Rooms whose alarm had not come and that the sweep woke instead.",
    {},
  ),
  taskroom_metrics_dropped_total: counter("Batches of these very counts that were lost.", {}),
} as const satisfies Record<string, Counter | Histogram>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

type LabelsOf<M extends MetricName> = {
  [L in keyof (typeof METRICS)[M]["labels"]]: (typeof METRICS)[M]["labels"][L] extends readonly (infer V)[]
    ? V
    : never;
};

/** To a counter `value` is added, a histogram takes it as one observation. */
export type Observation = {
  [M in MetricName]: { metric: M; labels: LabelsOf<M>; value: number };
}[MetricName];

/** One more for a counter. */
export function increment<M extends MetricName>(metric: M, labels: LabelsOf<M>) {
  return { metric, labels, value: 1 };
}

/** Every series of a metric, as Prometheus writes them: `a="x",b="y"`. */
export function seriesOf(metric: MetricName): string[] {
  return seriesIn(METRICS[metric].labels);
}

/** The series that an observation belongs to; labels in the order of the metric's own. */
export function seriesFor({ metric, labels }: Observation): string {
  const given: Record<string, string> = labels;
  return Object.keys(METRICS[metric].labels).reduce(
    (head, name) => joined(head, name, given[name] ?? ""),
    "",
  );
}
