import { median } from "../load/numbers";
import type { Figures, Measured } from "../rows/rounds";
import type { Goal, Row } from "../rows/row";

const FLOOR = "bare";
const FLOOR_AGAIN = "bare-again";

export type Value = {
  /** The median of the rounds. */
  median: number;
  /** The median of the rounds' ratios to the floor; nothing in rows without one. */
  ratio?: number;
};

/** How far two runs of the same system lie apart: no claim is made within it. */
export type Band = { low: number; high: number };

export function figureOf(measured: Measured, cell: string, figure: string): Value {
  const values = numbers(measured.cells[cell], figure);
  const ratios = ratiosOf(measured, { cell, figure }, { cell: FLOOR, figure });
  const ratio = ratios.length > 0 ? { ratio: median(ratios) } : {};
  return { median: median(values), ...ratio };
}

export function bandOf(measured: Measured, figure: string): Band | undefined {
  const ratios = ratiosOf(measured, { cell: FLOOR_AGAIN, figure }, { cell: FLOOR, figure });
  if (ratios.length === 0) return undefined;
  // Either of the two could have been the first.
  const both = ratios.flatMap((ratio) => [ratio, 1 / ratio]);
  return { low: Math.min(...both), high: Math.max(...both) };
}

type Place = { cell: string; figure: string };

/** Ratios of figures that were measured in the same round. */
function ratiosOf({ cells }: Measured, a: Place, b: Place): number[] {
  const divisors = cells[b.cell] ?? [];
  return (cells[a.cell] ?? []).flatMap((figures, round) => {
    const value = figures[a.figure];
    const divisor = divisors[round]?.[b.figure];
    return value !== undefined && divisor ? [value / divisor] : [];
  });
}

function numbers(rounds: Figures[] = [], figure: string): number[] {
  return rounds.flatMap((figures) => figures[figure] ?? []);
}

export type Verdict = { says: string; value: number; limit: number; met: boolean };

export function verdictOf(measured: Measured, goal: Goal): Verdict | undefined {
  const { says, cell, figure, over } = goal;
  if (!over) return judged(says, goal, median(numbers(measured.cells[cell], figure)));
  const other = { cell: over.cell, figure: over.figure ?? figure };
  if (goal.plus !== undefined) {
    const value = median(numbers(measured.cells[cell], figure));
    const most = median(numbers(measured.cells[other.cell], other.figure)) + goal.plus;
    return judged(says, { most }, value);
  }
  return judged(says, goal, median(ratiosOf(measured, { cell, figure }, other)));
}

function judged(
  says: string,
  { most, least }: Pick<Goal, "most" | "least">,
  value: number,
): Verdict | undefined {
  if (Number.isNaN(value)) return undefined;
  const met = value <= (most ?? value) && value >= (least ?? value);
  return { says, value, limit: most ?? least ?? 0, met };
}

/** Cells that were void in more than a passing round are no result. */
export function voidCells(measured: Measured, row: Row): Map<string, string> {
  const found = new Map<string, string>();
  for (const { name } of row.cells) {
    const reasons = measured.voids.filter(({ cell }) => cell === name);
    const [first] = reasons;
    if (first) found.set(name, `${first.why} (${reasons.length} of its rounds)`);
  }
  return found;
}
