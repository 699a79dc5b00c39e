/** One structured line in the platform's log. */
export function logError(event: string, fields: Record<string, unknown>): void {
  console.error(JSON.stringify({ level: "error", event, ...fields }));
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
