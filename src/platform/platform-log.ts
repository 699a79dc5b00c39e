type Level = "info" | "warn" | "error";

/** What ties the lines of one piece of work together; whoever writes a line gives all that it knows. */
export type LogIds = {
  requestId?: string | undefined;
  taskId?: string | undefined;
  turnId?: string | undefined;
  attempt?: number | undefined;
};
export type LogFields = LogIds & Record<string, unknown>;

/** One structured line in the platform's log. */
export function logInfo(event: string, fields: LogFields): void {
  console.log(lineOf("info", event, fields));
}

export function logWarning(event: string, fields: LogFields): void {
  console.warn(lineOf("warn", event, fields));
}

export function logError(event: string, fields: LogFields): void {
  console.error(lineOf("error", event, fields));
}

function lineOf(level: Level, event: string, fields: LogFields): string {
  return JSON.stringify({ level, event, ...fields });
}

/** Depth to which causes are followed: a cause may be circular. */
const CAUSES = 5;

/** What may be logged of an error: a failed query's own message repeats what users wrote. */
export function describeError(error: unknown): string[] {
  const lines: string[] = [];
  let current = error;
  for (let i = 0; i < CAUSES && current instanceof Error; i++) {
    const isQuery = current.message.startsWith("Failed query:");
    lines.push(isQuery ? "a query failed" : (current.stack ?? current.message));
    current = current.cause;
  }
  return lines.length > 0 ? lines : [String(error)];
}
