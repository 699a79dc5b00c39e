import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { Story, story } from "../../support/room-story";
import { control } from "../../worker/control";

const STORIES = 12;
/** Clients lost somewhere in each story, besides those that come and go within it. */
const LOST = 17;
const seed = Date.now() % 2 ** 31;

afterEach(() => {
  control.clockAheadMs = 0;
});

const lost = fc.array(fc.nat(), { minLength: LOST, maxLength: LOST });

it("[R1] for every point at which a client is lost, it resumes to the state of one that stayed, and hears each event once, in order", async ({
  annotate,
}) => {
  let [returns, carried] = [0, 0];
  const rule = fc.asyncProperty(story, lost, async (acts, cuts) => {
    control.clockAheadMs = 0;
    const told = await Story.begin();
    for (const item of acts) await told.play(item);
    await told.play({ do: "comeBack", cuts });
    const { stayed, comers, head } = await told.end();
    const { snapshot, replayed } = await told.roomItself();
    for (const { from, seqs, frames } of comers) {
      expect(frames.state).toEqual(stayed);
      expect(seqs).toEqual(numbered(from, head));
    }
    expect(snapshot).toEqual(stayed);
    expect(replayed.state).toEqual(stayed);
    expect(replayed.logged().map(({ seq }) => seq)).toEqual(numbered(0, head));
    returns += told.returns;
    carried += told.carried;
    await told.close();
  });
  await fc.assert(rule, { seed, numRuns: STORIES, endOnFailure: true });
  await annotate(`${returns} cut points in ${STORIES} stories, seed ${seed}`);
  expect(returns).toBeGreaterThanOrEqual(200);
  expect(carried).toBeGreaterThan(0);
});

function numbered(after: number, through: number): number[] {
  return Array.from({ length: through - after }, (_, i) => after + 1 + i);
}
