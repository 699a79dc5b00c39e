type Snippet = { text: string; hits: readonly { start: number; end: number }[] };
type Piece = { key: number; text: string; isHit: boolean };

/** A text in pieces: what was asked for, and what stands between. */
export function inPieces({ text, hits }: Snippet): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end } of hits) {
    if (start < from || end <= start) continue;
    if (start > from) pieces.push({ key: from, text: text.slice(from, start), isHit: false });
    pieces.push({ key: start, text: text.slice(start, end), isHit: true });
    from = end;
  }
  if (from < text.length) pieces.push({ key: from, text: text.slice(from), isHit: false });
  return pieces;
}
