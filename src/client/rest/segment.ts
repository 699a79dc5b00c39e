/** One part of a path, whatever text it is: half a character, which no address can hold, is replaced. */
export function segment(text: string): string {
  return encodeURIComponent(String(text).replace(/\p{Surrogate}/gu, "\ufffd"));
}
