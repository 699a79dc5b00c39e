/** What is told at a place, in the order in which a round has them. */
export const PLACES = {
  /** What an attempt leaves void is closed. */
  begin: 0,
  openThinking: 1,
  thinking: 2,
  openText: 3,
  text: 4,
  /** What was said is closed. */
  end: 5,
  calls: 6,
  over: 7,
} as const;

export type Place = {
  /** Attempts of all messages so far. */
  speech: number;
  round: number;
  place: keyof typeof PLACES;
  /** How long the message's text, or its thinking, has become by it; UTF-16 units. */
  offset?: number;
};

/** A message has at most 64 rounds and a last one, and under a mebibyte of text. */
const ROUNDS = 2 ** 7;
const OFFSETS = 2 ** 20;
const PLACE_COUNT = 2 ** 3;

/**
 * Numbers the frames of a response. A number follows from what is told and from what was told before,
 * not from when it was told: whoever asks again is told the same under the same number, however the
 * pieces of a text fall then. Numbers grow and have gaps; with 2^23 attempts they are still safe integers.
 */
export class Sequence {
  #last = -1;

  next({ speech, round, place, offset = 0 }: Place): number {
    const exact = ((speech * ROUNDS + round) * PLACE_COUNT + PLACES[place]) * OFFSETS + offset;
    this.#last = Math.max(exact, this.#last + 1);
    return this.#last;
  }
}
