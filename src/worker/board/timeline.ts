import { type Levels, sumOfLevels } from "../../platform/levels";
import type { Recorded } from "../../platform/recorded";
import { sumOf, type Tally } from "../../platform/tally";

/** One part of a window: what was counted in it, and what there was at its end. */
export type Part = { added: Tally; levels: Levels };

/** A window of all shards together. `whole`: what was counted in all of it. */
export type Timeline = { parts: Part[]; whole: Tally };

/**
 * Puts what the shards recorded side by side. `starts`: of each part, ascending, milliseconds since
 * 1970. `known`: levels of now that take the place of the shards'.
 */
export function timelineOf(
  answers: readonly Recorded[],
  starts: readonly number[],
  known: Levels = {},
): Timeline {
  const shards = answers.map((answer) => partsOf(answer, starts));
  const parts = starts.map((_, i) => {
    const same = shards.flatMap((shard) => shard[i] ?? []);
    return {
      added: sumOf(same.map(({ added }) => added)),
      levels: {
        ...sumOfLevels(same.map(({ levels }) => levels)),
        ...(i === starts.length - 1 && known),
      },
    };
  });
  return { parts, whole: sumOf(parts.map(({ added }) => added)) };
}

/** A shard says nothing of a part in which it was told nothing: what there is stays as it was. */
function partsOf({ before, parts }: Recorded, starts: readonly number[]): Part[] {
  const byStart = new Map(parts.map((part) => [part.start, part]));
  let levels = before;
  return starts.map((start) => {
    const part = byStart.get(start);
    if (part) levels = part.levels;
    return { added: part?.added ?? sumOf([]), levels };
  });
}
