import type { Step, TaskStatus, TurnStatus } from "../../client";

type Status = TaskStatus | TurnStatus | Step["status"];

const SHOWN: Record<Status, { text: string; tone: string }> = {
  PENDING: { text: "pending", tone: "calm" },
  RUNNING: { text: "running", tone: "busy" },
  PROCESSING: { text: "working", tone: "busy" },
  RETRYING: { text: "retrying", tone: "warn" },
  WAITING: { text: "waiting for you", tone: "warn" },
  COMPLETED: { text: "done", tone: "good" },
  FAILED: { text: "failed", tone: "bad" },
  SKIPPED: { text: "skipped", tone: "calm" },
  INTERRUPTED: { text: "stopped", tone: "calm" },
  CANCELLED: { text: "cancelled", tone: "calm" },
};

/** A status in words; colour only repeats them. */
export function StatusBadge({ status }: { status: Status }) {
  const { text, tone } = SHOWN[status];
  return <Badge tone={tone}>{text}</Badge>;
}

export function Badge({ tone, children }: { tone: string; children: string }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
