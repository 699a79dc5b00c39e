import { expect, it } from "vitest";
import { inPieces } from "../../../src/console/search/pieces";

function shown(text: string, ...hits: [number, number][]): string {
  const snippet = { text, hits: hits.map(([start, end]) => ({ start, end })) };
  return inPieces(snippet)
    .map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text))
    .join("");
}

it.each([
  ["in the middle", shown("one two three", [4, 7]), "one [two] three"],
  ["at both ends", shown("one two", [0, 3], [4, 7]), "[one] [two]"],
  ["side by side", shown("onetwo", [0, 3], [3, 6]), "[one][two]"],
  ["none", shown("one"), "one"],
  ["over one another, or empty", shown("one two", [0, 5], [2, 7], [7, 7]), "[one t]wo"],
])("hits are marked, and nothing of the text is lost: %s", (_, marked, expected) => {
  expect(marked).toBe(expected);
});
