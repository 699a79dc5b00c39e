/** `a=1, b=2` as labels; what has no `=` becomes a label without a value. */
export function labelsOf(text: string): Record<string, string> {
  const pairs = text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const cut = part.indexOf("=");
      const [key, value] = cut < 0 ? [part, ""] : [part.slice(0, cut), part.slice(cut + 1)];
      return [key.trim(), value.trim()] as const;
    });
  return Object.fromEntries(pairs);
}
