import type { MemoryFigures } from "./memory";
import { nameOf, type Result } from "./run";

/** What a run has shown. */
export type Figures = {
  seed: number;
  results: Result[];
  tookMs: number;
  /** Resident bytes of the runtime, once warm and at the end of what was played side by side. */
  memory?: MemoryFigures;
  /** Families that could not be played, and why. */
  leftOut?: string[];
  /** What is wrong with the run as a whole. */
  complaints: string[];
};

type Row = { family: string; fault: string; scenarios: number; failed: number };

export function rowsOf(results: Result[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { family, fault, findings } of results) {
    const key = `${family.name}/${fault.name}`;
    const row = rows.get(key) ?? {
      family: family.name,
      fault: fault.name,
      scenarios: 0,
      failed: 0,
    };
    row.scenarios += fault.rooms;
    row.failed += findings.filter((found) => found.length > 0).length;
    rows.set(key, row);
  }
  return [...rows.values()].sort((one, other) => one.family.localeCompare(other.family));
}

/** What went wrong, and what repeats it. */
export function failuresOf({ seed, results }: Pick<Figures, "seed" | "results">): string[] {
  return results.flatMap((result) => {
    const found = result.findings.flat();
    if (found.length === 0) return [];
    const again = `npm run faults -- --seed ${seed} --only "${nameOf(result)}"`;
    return [
      `${nameOf(result)}\n${found.map((what) => `  - ${what}`).join("\n")}\n  again: ${again}`,
    ];
  });
}

export function summary({ seed, results, tookMs, memory, leftOut = [] }: Figures): string[] {
  const rows = rowsOf(results);
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  const words = `${sum((row) => row.scenarios)} scenarios of ${rows.length} faults`;
  return [
    `${words}, ${sum((row) => row.failed)} failed; seed ${seed}; ${Math.round(tookMs / 1000)} s`,
    ...(memory
      ? [
          `memory of the runtime: ${megabytes(memory.before)} warm, ${megabytes(memory.after)} after ${memory.plays} more plays`,
        ]
      : []),
    ...leftOut,
  ];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
