const MOST = 100;

/** A value of a tool on one line, as far as it fits there. */
export function brief(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length > MOST ? `${line.slice(0, MOST).toWellFormed()}…` : line;
}
