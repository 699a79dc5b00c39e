import { parseArgs } from "node:util";
import type { Scale } from "./rows/row";

export type Options = {
  scale: Scale;
  rounds: number;
  /** Rows to measure; all where none is named. */
  only: string[];
  /** Systems that take part; all where none is named. What they measure is kept nowhere. */
  systems: string[];
  /** Write the page from what was measured before, and measure nothing. */
  report: boolean;
  build: boolean;
};

export const USAGE = `npm run bench -- [options]
  --quick        a short form for use while working (3 minutes)
  --only a,b     these rows only; their results replace earlier ones
  --systems a,b  these systems only, while working: prints, and keeps nothing
  --rounds N     rounds that count (7; 1 with --quick)
  --report       write docs/benchmarks.md from the results that there are
  --no-build     use the bundles of the last run`;

export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      systems: { type: "string", default: "" },
      rounds: { type: "string" },
      report: { type: "boolean", default: false },
      "no-build": { type: "boolean", default: false },
    },
  });
  return {
    scale: values.quick ? "quick" : "full",
    rounds: Number(values.rounds ?? (values.quick ? 1 : 7)),
    only: namesIn(values.only),
    systems: namesIn(values.systems),
    report: values.report,
    build: !values["no-build"],
  };
}

function namesIn(list: string): string[] {
  return list.split(",").filter((name) => name !== "");
}
