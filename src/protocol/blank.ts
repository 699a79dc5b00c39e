/** A character that shows: no white space, no control character, nothing of zero width. */
export const VISIBLE = /[^\p{White_Space}\p{Control}\p{Default_Ignorable_Code_Point}]/u;

/** Nothing in the text shows; an empty text is blank too. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}
