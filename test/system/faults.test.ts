import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { FAMILIES } from "../faults/families/index";
import { failuresOf } from "../faults/report";
import { playsOf, type Result, run } from "../faults/run";
import { Stage } from "../faults/stage";
import { OPERATOR_KEY, providers } from "./faults/providers";

const SEED = 1;
/** Some of most families, the quick ones; `npm run faults` plays all there are. */
const PLAYS = [
  "model/stall#1",
  "model/reset in mid-stream#1",
  "model/split UTF-8#1",
  "agent/two results#1",
  "webhook/5xx#1",
  "slow client/half-open#1",
  "duplicates/ten at once#1",
  "cancel/against done#1",
  "cancel/against retry#1",
  "cancel/against delete#1",
  "hostile frames/prototype keys#1",
  "tokens/replayed recovery token#1",
  "tokens/expired in mid-life#1",
  "D1/failing after its commit#1",
  "history/lost, and rebuilt#1",
  "kill -9/text written, and again#1",
  "storage/commits: answering, alone#1",
  "storage/alarms: waiting, D1 down#1",
  "revocation/key socket: rooms out#1",
  "revocation/key stream: cut off#1",
  "revocation/member: alone#1",
  "bytes/tools alone#1",
  "rounds/tool called, and again#1",
  "resumable/before resumable, and again#1",
  "resumable/after resumable#1",
  "resumable/connection breaks#1",
  "rounds/model given up, then retry#1",
  "approvals/two at once#1",
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({
    bundle: inject("shared").bundles.testBuild,
    vars: { DEFAULT_MODEL_API_KEY: OPERATOR_KEY },
  });
});

afterAll(() => stage.close());

it("faults of all kinds leave every invariant whole", async () => {
  const results: Result[] = [];
  const onResult = (result: Result) => results.push(result) > 0;
  const plays = PLAYS.flatMap((name) => playsOf(FAMILIES, name));
  await run(stage, plays, { seed: SEED, lanes: 6, onResult });
  expect(results).toHaveLength(PLAYS.length);
  expect(failuresOf({ seed: SEED, results })).toEqual([]);
});

// Last: the stage's model follows other scripts afterwards.
describe("providers", () => providers(() => stage));
