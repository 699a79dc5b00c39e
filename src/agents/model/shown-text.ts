// Control characters, and those that turn the direction of the text around them.
const UNSHOWN = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;
const UNSHOWN_IN_LINES = /[^\P{Cc}\n\t]+|[\u202a-\u202e\u2066-\u2069]+/gu;

/** Foreign text as one harmless line of at most `units` UTF-16 units. */
export function shownLine(text: string, units: number): string {
  return cutText(text.replaceAll(UNSHOWN, " ").trim(), units, "…");
}

/** The same for text that may have lines. */
export function shownText(text: string, units: number): string {
  return cutText(text.replaceAll(UNSHOWN_IN_LINES, " ").trim(), units, "…");
}

/** At most `units` UTF-16 units, whole characters only; what was cut is marked. */
export function cutText(text: string, units: number, mark: string): string {
  if (text.length <= units) return text;
  const kept = text.slice(0, Math.max(0, units - mark.length));
  return kept.replace(/[\ud800-\udbff]$/, "") + mark;
}
