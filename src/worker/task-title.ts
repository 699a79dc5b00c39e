const MAX_UNITS = 80;
const UNTITLED = "New task";

/** A title from a prompt: its first line that says something, cut without halving a character. */
export function titleOf(prompt: string | undefined): string {
  const line = prompt
    ?.split("\n")
    .map((text) => text.trim())
    .find((text) => text !== "");
  if (line === undefined) return UNTITLED;
  const cut = line.slice(0, MAX_UNITS);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}
