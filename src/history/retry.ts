/**
 * D1's failures that another attempt may mend, by the texts that its documentation lists.
 * "overloaded" is among them: whoever retries has to wait between attempts.
 */
const TRANSIENT = [
  "Network connection lost",
  "storage caused object to be reset",
  "code was updated",
  "transient issue on remote node",
  "exceeded timeout",
  "overloaded",
];

/** Depth to which causes are followed: drizzle wraps once, D1 once, and a cause may be circular. */
const CAUSES = 5;

/** Whether D1 may take the same statement on another attempt. */
export function isRetryable(error: unknown): boolean {
  let current = error;
  for (let i = 0; i < CAUSES && current instanceof Error; i++) {
    const { message } = current;
    // Drizzle's own message repeats the query and its parameters, which may hold any text.
    const isQuery = message.startsWith("Failed query:");
    if (!isQuery && TRANSIENT.some((text) => message.includes(text))) return true;
    current = current.cause;
  }
  return false;
}
