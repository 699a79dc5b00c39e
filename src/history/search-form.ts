/** One form for all spellings of a text that differ in case or composition only. */
export function searchForm(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
