import type { BoardLine, PanelId, Unit } from "../../protocol/operator/board";

/** What a line's values are: counted in each part, measured as a quantile, or how it stands. */
export type Kind = "counted" | "measured" | "level";

type Words = {
  title: string;
  note: string;
  kind: Kind;
  /** Lines by other names than the server's. */
  names?: Record<string, string>;
};

const OUTBOXES = { d1: "databases", users: "people's homes", meters: "usage meters" };

export const WORDS: Record<PanelId, Words> = {
  turns: {
    title: "Turns that ended",
    note: "By how they ended.",
    kind: "counted",
    names: { COMPLETED: "completed", FAILED: "failed", INTERRUPTED: "interrupted" },
  },
  failures: { title: "Failed turns", note: "By the failure's code.", kind: "counted" },
  refusals: {
    title: "Providers' refusals",
    note: "Attempts that a provider refused and said why.",
    kind: "counted",
  },
  retries: { title: "Retries", note: "Attempts that another followed.", kind: "counted" },
  firstToken: {
    title: "Time to the first token",
    note: "From an attempt's start to its first words.",
    kind: "measured",
  },
  turnDuration: {
    title: "Time of a turn",
    note: "Of completed ones, at work: without the queue and waits for people.",
    kind: "measured",
  },
  queue: {
    title: "Open turns",
    note: "In a queue, at work, or waiting for somebody.",
    kind: "level",
  },
  queueWait: { title: "Time in the queue", note: "Until a turn begins.", kind: "measured" },
  tokens: { title: "Tokens", note: "As providers counted them.", kind: "counted" },
  cost: { title: "Cost", note: "Of those tokens, by the prices on their models.", kind: "counted" },
  sessions: { title: "Sessions", note: "What became of them.", kind: "counted" },
  connections: {
    title: "Connections",
    note: "Open sockets, and sessions that have one.",
    kind: "level",
    names: { task: "sockets of tasks", stream: "event streams", user: "devices" },
  },
  outboxLag: {
    title: "Outbox lag",
    note: "How late 95 of 100 batches were told.",
    kind: "measured",
    names: OUTBOXES,
  },
  outboxFailures: {
    title: "Outbox failures",
    note: "Batches that were not taken, and are told again.",
    kind: "counted",
    names: OUTBOXES,
  },
  outboxesFailing: {
    title: "Outboxes that fail",
    note: "Rooms whose last batch was not taken.",
    kind: "level",
    names: OUTBOXES,
  },
  alarmLateness: {
    title: "Late alarms",
    note: "By how much 95 of 100 alarms were late.",
    kind: "measured",
    names: { task: "tasks' rooms", user: "people's homes" },
  },
  overdue: {
    title: "Overdue rooms",
    note: "Woken by the sweep, as their alarm had not come.",
    kind: "counted",
    names: { rooms: "rooms" },
  },
  databases: {
    title: "How full databases are",
    note: "From 90 % on new tasks go elsewhere.",
    kind: "level",
  },
};

export const SECTIONS: { title: string; panels: PanelId[] }[] = [
  { title: "Turns", panels: ["turns", "failures", "refusals", "retries"] },
  { title: "Time", panels: ["firstToken", "turnDuration", "queue", "queueWait"] },
  { title: "Tokens and money", panels: ["tokens", "cost"] },
  { title: "People", panels: ["sessions", "connections"] },
  {
    title: "The works",
    panels: [
      ...(["outboxLag", "outboxFailures", "outboxesFailing"] as const),
      ...(["alarmLateness", "overdue", "databases"] as const),
    ],
  },
];

export function nameOf(id: PanelId, { name }: Pick<BoardLine, "name">): string {
  return WORDS[id].names?.[name] ?? name;
}

/** A value as it is read. `name` of its line: money is in the currency that the line is named for. */
export function shown(value: number | null, unit: Unit, name = ""): string {
  if (value === null) return "–";
  switch (unit) {
    case "count":
      return value.toLocaleString();
    case "tokens":
      return value.toLocaleString(undefined, {
        ...(value >= 10_000 && { notation: "compact", maximumFractionDigits: 1 }),
      });
    case "share":
      return value.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 });
    case "money":
      return money(value, name);
    case "seconds":
      return duration(value);
  }
}

function money(value: number, currency: string): string {
  const digits = value > 0 && value < 1 ? 4 : 2;
  const options = { minimumFractionDigits: 2, maximumFractionDigits: digits };
  if (currency === "") return value.toLocaleString(undefined, options);
  return value.toLocaleString(undefined, { style: "currency", currency, ...options });
}

function duration(seconds: number): string {
  if (seconds >= 120) return `${(seconds / 60).toFixed(seconds < 600 ? 1 : 0)} min`;
  if (seconds >= 1) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.round(seconds * 1000)} ms`;
}
