import type { Hit } from "../../../history/message-query";
import type { Word } from "../../../history/message-words";
import type { FoundMessage } from "../../../protocol/rest/search";

/** UTF-16 units of a snippet, about, and of what stands before its first hit. */
const UNITS = 240;
const BEFORE = 60;

type Place = { start: number; end: number };

/** The piece of a text with the most of what was asked for, and where in it the hits are. */
export function snippetOf(
  text: string,
  words: readonly Word[],
  hits: readonly Hit[],
): FoundMessage["snippet"] {
  const places = placesOf(words, hits);
  const best = bestOf(places);
  const from = Math.max(0, (places[best]?.start ?? 0) - BEFORE);
  const to = Math.min(text.length, from + UNITS);
  // Between words where there are some, and never within a character.
  const start = from === 0 ? 0 : (startOfWord(words, from) ?? whole(text, from));
  const end = to === text.length ? to : (endOfWord(words, start, to) ?? whole(text, to));
  const inside = places.filter((place) => place.start >= start && place.end <= end);
  return {
    text: text.slice(start, end),
    start,
    hits: inside.map((place) => ({ start: place.start - start, end: place.end - start })),
  };
}

/** Each place once, in their order. */
function placesOf(words: readonly Word[], hits: readonly Hit[]): (Place & { atom: number })[] {
  const places = hits.flatMap(({ atom, first, last }) => {
    const [one, other] = [words[first], words[last]];
    return one && other ? [{ atom, start: one.start, end: other.end }] : [];
  });
  return places.filter(({ start }, i) => i === 0 || start >= (places[i - 1]?.end ?? 0));
}

/** The place from which on a snippet has the most different things that were asked for. */
function bestOf(places: readonly (Place & { atom: number })[]): number {
  let best = 0;
  let most = 0;
  places.forEach(({ start }, i) => {
    const seen = new Set<number>();
    for (let at = i; at < places.length; at++) {
      const place = places[at];
      if (!place || place.end > start + UNITS - BEFORE) break;
      seen.add(place.atom);
    }
    if (seen.size > most) [best, most] = [i, seen.size];
  });
  return best;
}

function startOfWord(words: readonly Word[], from: number): number | undefined {
  const word = words.find(({ start }) => start >= from);
  return word && word.start < from + BEFORE ? word.start : undefined;
}

function endOfWord(words: readonly Word[], start: number, to: number): number | undefined {
  const word = words.findLast(({ end }) => end <= to);
  return word && word.end > start ? word.end : undefined;
}

/** Not between the halves of a character. */
function whole(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
