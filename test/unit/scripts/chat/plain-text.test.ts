import { expect, it } from "vitest";
import { plainText } from "../../../../scripts/chat/plain-text";

it.each([
  ["colours", "\u001b[31mred\u001b[0m", "[31mred[0m"],
  ["the title", "\u001b]0;owned\u0007", "]0;owned"],
  ["8-bit sequences", "\u009b2J", "2J"],
  ["a line written over", "safe\rfake", "safefake"],
  ["backspaces", "rm\b\bls\u007f", "rmls"],
  ["reordered text", "a\u202eb\u2066c", "abc"],
  ["nothing of ordinary text", "a\tb\nc é 👩‍💻 عربي", "a\tb\nc é 👩‍💻 عربي"],
])("takes %s away", (_, text, expected) => {
  expect(plainText(text)).toBe(expected);
});
