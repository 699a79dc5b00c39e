const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Nine letters and digits: the one form that every provider takes back. */
export function newCallId(): string {
  const random = crypto.getRandomValues(new Uint8Array(9));
  return [...random].map((byte) => LETTERS[byte % LETTERS.length]).join("");
}
