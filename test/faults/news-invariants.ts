import type { LogEvent } from "../../src/protocol/events";
import type { Evidence } from "./evidence";

/** The owner's own log: each change of the task once, in the room's order, numbered without gaps. */
export function newsTold({ log, news, task }: Evidence): string[] {
  const wrong = news.findIndex(({ seq }, i) => seq !== i + 1);
  if (wrong >= 0) return [`news ${wrong + 1} has the number ${news[wrong]?.seq}`];
  const told = news.flatMap((event) =>
    event.type === "task:status" && event.data.taskId === task.id ? [event.data.status] : [],
  );
  const stored = log.flatMap((event) => (event.type === "task:status" ? [event.data.status] : []));
  const notices = news.flatMap((event) =>
    event.type === "notification" ? [event.data.notification.kind] : [],
  );
  const due = log.flatMap((event) => noticeOf(event) ?? []);
  return [...differs("the task's status", told, stored), ...differs("notifications", notices, due)];
}

/** What the webhook was sent is what the user's log says. */
export function deliveriesInOrder({ news, delivered }: Evidence): string[] {
  if (!delivered) return [];
  const sent = delivered.map(({ type, data }) => inShort(type, data));
  return differs(
    "deliveries",
    sent,
    news.map(({ type, data }) => inShort(type, data)),
  );
}

function noticeOf(event: LogEvent): string | undefined {
  if (event.type === "turn:status" && event.data.status === "WAITING") {
    return event.data.waitingFor === "client-tool" ? undefined : "turn_waiting";
  }
  if (event.type === "log" && event.data.metadata?.notification) return "agent";
  if (event.type !== "task:status") return undefined;
  const { status, reason } = event.data;
  if (status === "FAILED") return "task_failed";
  return status === "COMPLETED" && reason !== "interrupted" ? "task_completed" : undefined;
}

function inShort(type: string, data: Record<string, unknown>): string {
  return `${type} ${"status" in data ? String(data.status) : ""}`.trim();
}

function differs(what: string, is: string[], due: string[]): string[] {
  if (is.join() === due.join()) return [];
  return [`${what}: ${is.join(", ") || "none"}; due: ${due.join(", ") || "none"}`];
}
