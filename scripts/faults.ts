// `npm run faults`: everything that can go wrong, played against a running server.
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FAMILIES } from "../test/faults/families/index";
import { MemoryWatch } from "../test/faults/memory";
import { Random } from "../test/faults/random";
import { reliabilityPage } from "../test/faults/reliability-page";
import { type Figures, failuresOf, rowsOf, summary } from "../test/faults/report";
import { nameOf, playsOf, type Result, run, spread } from "../test/faults/run";
import type { Family } from "../test/faults/scenario";
import { Stage } from "../test/faults/stage";
import { ROOT } from "./local-identity";
import { keepTemporaryInMemory } from "./memory-folder";

const USAGE = `Usage: npm run faults -- [--seed N] [--only FAMILY[/FAULT[#N]]] [--count N] [--write]
  --seed     what chooses every parameter (default: 1)
  --only     one family, one fault, or one play of it
  --count    about so many scenarios, spread over all faults (default: all)
  --lanes    plays at a time (default: 6)
  --write    puts the figures into docs/reliability.md
  --planted  plants mistakes into a copy of the service; each has to be caught`;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const known = {
  ...{ seed: text, only: text, count: text, lanes: text },
  ...{ write: flag, planted: flag, help: flag },
};
const { values } = parseArgs({ options: known });
const seed = Number(values.seed ?? 1);

keepTemporaryInMemory();
if (values.help) console.log(USAGE);
else if (values.planted) {
  const { playPlanted } = await import("../test/planted/play");
  process.exitCode = await playPlanted({ seed, only: values.only, say: console.log });
} else process.exitCode = await play();

async function play(): Promise<number> {
  const isHere = ({ missing }: Family) => missing?.() === undefined;
  const wanted = playsOf(FAMILIES.filter(isHere), values.only);
  const leftOut = FAMILIES.filter(
    (family) => !isHere(family) && playsOf([family], values.only)[0],
  ).map(({ name, missing }) => `LEFT OUT ${name}: ${missing?.()}`);
  for (const line of leftOut) console.error(line);
  const count = Number(values.count ?? Number.POSITIVE_INFINITY);
  const plays = spread(wanted, count, new Random(String(seed)));
  if (plays.length === 0) throw new Error(`There is no such fault.\n\n${USAGE}`);
  const stage = await Stage.open();
  try {
    return report({ ...(await figuresOf(stage, plays)), leftOut });
  } finally {
    await stage.close();
  }
}

async function figuresOf(stage: Stage, plays: ReturnType<typeof playsOf>): Promise<Figures> {
  const startedAt = Date.now();
  const results: Result[] = [];
  const memory = new MemoryWatch(stage);
  await run(stage, plays, {
    seed,
    lanes: Number(values.lanes ?? 6),
    onResult: (result) => {
      results.push(result);
      if (!result.family.alone) memory.look();
      const failed = result.findings.some((found) => found.length > 0);
      console.log(`${failed ? "FAILED" : "held  "} ${nameOf(result)} (${result.tookMs} ms)`);
      for (const found of result.findings.flat()) console.log(`  - ${found}`);
      return true;
    },
  });
  const figures = { seed, results, tookMs: Date.now() - startedAt, complaints: memory.complaints };
  return { ...figures, ...(memory.figures && { memory: memory.figures }) };
}

function report(figures: Figures): number {
  console.table(rowsOf(figures.results));
  const failures = [...failuresOf(figures), ...figures.complaints];
  for (const failure of failures) console.error(`\n${failure}`);
  console.log(`\n${summary(figures).join("\n")}`);
  if (values.write) {
    const machine = `Node ${process.versions.node}, ${availableParallelism()} cores.`;
    writeFileSync(join(ROOT, "docs", "reliability.md"), reliabilityPage(figures, machine));
  }
  return failures.length > 0 ? 1 : 0;
}
