/**
 * Text of others, made harmless for a terminal: control characters (an escape sequence is nothing
 * without its first) and marks that reorder what is shown. Newlines and tabs stay.
 */
export function plainText(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, "");
}
