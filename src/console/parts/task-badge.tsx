import type { Task } from "../../client";
import { Badge, StatusBadge } from "./badge";

type Shown = Pick<Task, "status" | "statusReason" | "waitingFor" | "role">;

/** How a task stands in a list: whom it waits for comes before that it runs, and that it was stopped before that it is over. */
export function TaskBadge({ task }: { task: Shown }) {
  const waits = waitText(task);
  if (waits) return <Badge tone="warn">{waits}</Badge>;
  return <StatusBadge status={statusOf(task)} />;
}

/** A task whose last turn was stopped counts as completed; nobody would call it done. */
export function statusOf({ status, statusReason }: Shown) {
  return status === "COMPLETED" && statusReason === "interrupted" ? "INTERRUPTED" : status;
}

function waitText({ waitingFor, role }: Shown): string | undefined {
  if (waitingFor === undefined) return undefined;
  if (waitingFor === "client-tool") return "waits for the client";
  return role === "viewer" ? "waits for somebody" : "waits for you";
}
