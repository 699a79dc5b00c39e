import { afterAll, beforeAll, expect, it } from "vitest";
import { FAMILIES } from "../faults/families/index";
import { Random } from "../faults/random";
import { failuresOf } from "../faults/report";
import { type Result, run, sample } from "../faults/run";
import { Stage } from "../faults/stage";

/** What is played, and how; `npm run faults` plays all of it. */
const SEED = 1;
const OF_EACH = 3;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

it("a few faults of every family leave every invariant whole", async ({ annotate }) => {
  const results: Result[] = [];
  const onResult = (result: Result) => results.push(result) > 0;
  const plays = sample(FAMILIES, OF_EACH, new Random(String(SEED)));
  await run(stage, plays, { seed: SEED, lanes: 6, onResult });
  await annotate(`${results.length} plays, seed ${SEED}`);
  expect(results).toHaveLength(plays.length);
  expect(failuresOf({ seed: SEED, results })).toEqual([]);
});
