import { rmSync } from "node:fs";
import { join } from "node:path";
import { FAMILIES } from "../faults/families/index";
import { nameOf, playsOf, type Result, run } from "../faults/run";
import { Stage } from "../faults/stage";
import { MISTAKES, type Mistake } from "./mistakes";
import { plant } from "./plant";

/** Milliseconds for what never comes: enough for what does. */
const PATIENCE_MS = 10_000;
/** Which plays catch a mistake depends on how they meet; a miss is played again. */
const TRIES = 3;

type Options = { seed: number; only?: string | undefined; say(line: string): void };

/** Plants each mistake, one at a time; the exit code says whether all were caught. */
export async function playPlanted({ seed, only = "", say }: Options): Promise<number> {
  const wanted = MISTAKES.filter(({ name }) => name.startsWith(only));
  const missed: string[] = [];
  for (const mistake of wanted) {
    const caught = await catchIt(mistake, seed);
    if (caught === undefined) missed.push(mistake.name);
    say(`${caught ? "caught" : "MISSED"}  ${mistake.name}: ${caught ?? "nothing found"}`);
  }
  say(`\n${wanted.length - missed.length} of ${wanted.length} caught`);
  return missed.length > 0 || wanted.length === 0 ? 1 : 0;
}

/** Which play has caught it, and by what. */
async function catchIt(mistake: Mistake, seed: number): Promise<string | undefined> {
  const directory = plant(mistake);
  const config = join(directory, "test/worker/wrangler.toml");
  const stage = await Stage.open({ config, patienceMs: PATIENCE_MS });
  try {
    for (let i = 0; i < TRIES; i++) {
      const caught = await playOnce(stage, mistake, seed + i);
      if (caught !== undefined) return caught;
    }
    return undefined;
  } finally {
    await stage.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function playOnce(
  stage: Stage,
  { plays }: Mistake,
  seed: number,
): Promise<string | undefined> {
  let caught: string | undefined;
  const wanted = plays.flatMap((name) => playsOf(FAMILIES, name).slice(0, 1));
  const onResult = (result: Result) => {
    const [first] = result.findings.flat();
    if (first !== undefined) caught = `${nameOf(result)}: ${first}`;
    return first === undefined;
  };
  await run(stage, wanted, { seed, lanes: 1, onResult });
  return caught;
}
